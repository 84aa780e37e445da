import { describe, expect, it } from 'vitest'
import { scheduleInWords, timesFault, timesFromForm, timesInWords } from '../src/state/opening-times.ts'

describe('opening times in plain words', () => {
  it.each([
    ['Th 14:00-16:00', ['Thursday, 2pm to 4pm']],
    ['Mo-Fr 09:00-17:00; PH off', ['Monday to Friday, 9am to 5pm', 'Bank holidays: closed']],
    ['Mo,We 10:00-12:30', ['Monday and Wednesday, 10am to 12.30pm']],
    ['Th[1] 10:00-12:00', ['First Thursday of the month, 10am to 12 noon']],
    ['Tu 09:30-12:00,13:00-15:00', ['Tuesday, 9.30am to 12 noon and 1pm to 3pm']],
    ['24/7', ['Always open']],
    ['"by appointment"', ['by appointment']],
    ['Mo-Fr 09:00-17:00; Sa "by appointment"', ['Monday to Friday, 9am to 5pm', 'Saturday: by appointment']],
    ['Mo-Fr 09:00-17:00 "ring first; it is small"', ['Monday to Friday, 9am to 5pm: ring first; it is small']],
    ['Tu,Th 09:00-11:00 || "by appointment"', ['Tuesday and Thursday, 9am to 11am', 'At other times: by appointment']],
    ['Mo[1,3] 10:00-12:00', ['First Monday of the month and Third Monday of the month, 10am to 12 noon']],
    ['Tu 10:00-12:00; SH off', ['Tuesday, 10am to 12 noon', 'School holidays: closed']],
    ['Su,PH off', ['Sunday and Bank holidays: closed']],
    ['10:00-16:00', ['Every day, 10am to 4pm']],
  ])('%s', (text, lines) => {
    expect(timesInWords(text)).toEqual(lines)
  })

  it('show what is not understood as it stands rather than guess', () => {
    for (const text of ['Apr-Sep Mo-Fr sunrise-sunset', 'Mo', 'Mo 10:00-12:00 || Tu 10:00-12:00', 'Mo 10:00+', 'Mo[-2] 10:00-12:00', '']) expect(timesInWords(text)).toBeNull()
    expect(scheduleInWords('Apr-Sep Mo-Fr sunrise-sunset')).toEqual(['Apr-Sep Mo-Fr sunrise-sunset'])
  })

  it('put a repeating rule into words', () => {
    expect(scheduleInWords({ rrule: 'FREQ=MONTHLY;BYDAY=1TH', start: '2026-11-05T14:00', minutes: 120 })).toEqual(['First Thursday of the month, 2pm to 4pm'])
    expect(scheduleInWords({ rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', start: '2026-11-02T10:00', minutes: 90 })).toEqual(['Every other Monday, 10am to 11.30am'])
  })

  it('are asked for where one half of them is missing', () => {
    expect(timesFault([], '', '')).toBeNull()
    expect(timesFault([], '10:00', '12:00')).toBe('days')
    expect(timesFault(['Th'], '10:00', '')).toBe('until')
    expect(timesFault(['Th'], '14:00', '12:00')).toBe('order')
    expect(timesFault(['Th'], '10:00', '12:00')).toBeNull()
  })

  it('come out of the form in the order of the week, or not at all', () => {
    expect(timesFromForm(['Th', 'Mo'], '10:00', '12:00')).toBe('Mo,Th 10:00-12:00')
    expect(timesFromForm(['Th'], '', '12:00')).toBeNull()
  })
})
