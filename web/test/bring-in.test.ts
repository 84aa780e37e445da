import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Imported, ListColumn } from '../src/api/imports.ts'
import {
  cellCounts,
  choiceFaults,
  doesAnything,
  FIELDS,
  figures,
  firstOf,
  LIST_KINDS,
  listName,
  listWords,
  missingColumn,
  NO_CHOICE,
  NO_COLUMNS,
  refusedFaults,
  refusedFile,
  shownStep,
  takenAs,
  withStandIns,
  type ListChoice,
} from '../src/state/list-file.ts'
import { readRoute } from '../src/state/route.ts'
import { bringIn } from '../src/words/bring-in.ts'
import { words } from '../src/words/index.ts'

/** The program beside the front end. */
const SRC = join(import.meta.dirname, '../../src')
const places: ListChoice = { ...NO_CHOICE, kind: 'place', list: 'halls', origin: 'partner' }
const column: ListColumn = { number: 1, heading: 'What', taken_as: '', filled: 0, taken: 0, kept: 0, left_out: 0, examples: [] }
const run = { created: 0, updated: 0, unchanged: 3, refused: 0, list: 'halls' } as unknown as Imported

describe('the name of a list', () => {
  it.each([
    ['libraries_england_2016.csv', 'libraries_england'],
    ['pharmacies-2026-11-01.csv', 'pharmacies'],
    ['epraccur.csv', 'epraccur'],
    ['2026.csv', '2026'],
    ['food-banks 01-11-2026.csv', 'food-banks'],
    ['ward_12_groups.csv', 'ward_12_groups'],
    ['lsoa21_england.csv', 'lsoa21_england'],
    ['halls (1).csv', 'halls'],
    ['Copy of halls.csv', 'halls'],
    ['halls - Copy (2).csv', 'halls'],
    ['halls_2026-11 (3).csv', 'halls'],
    ['halls copy 2.csv', 'halls'],
    ['photocopy.csv', 'photocopy'],
    ['(1).csv', '(1)'],
    ['Halls.November.csv', 'Halls'],
  ])('of %s is %s', (file, list) => expect(listName(file)).toBe(list))
})

describe('what has to be said first', () => {
  it('is named at its control', () => {
    expect(choiceFaults(NO_CHOICE, false).map(({ field }) => field)).toEqual(['file', 'kind', 'list', 'origin'])
    expect(choiceFaults({ ...places, kind: 'area' }, true).map(({ field }) => field)).toEqual(['area-set'])
    expect(choiceFaults(places, true)).toEqual([])
  })
})

describe('what is asked of the server', () => {
  it('names columns by number, so that no heading can be misread', () => {
    const asked = listWords(places, { takeAs: { 3: 'description', 1: 'name' }, key: '2' }, 'halls.csv')
    expect(asked.map).toEqual([
      ['name', 1],
      ['description', 3],
    ])
    expect(asked).toMatchObject({ kind: 'place', list: 'halls', origin: 'partner', key: '2', file: 'halls.csv', set: [] })
    expect(asked).not.toHaveProperty('area_set')
  })
  it('says once what all rows share, and only where the kind has it', () => {
    const all = { ...places, type: 'library', side: 'offered', category: 'lunch', areaSet: 'wards' }
    expect(listWords(all, NO_COLUMNS, 'f').set).toEqual([['type', 'library']])
    expect(listWords({ ...all, kind: 'service' }, NO_COLUMNS, 'f').set).toEqual([['categories', 'lunch']])
    expect(listWords({ ...all, kind: 'resource', type: 'room' }, NO_COLUMNS, 'f').set).toEqual([
      ['type', 'room'],
      ['side', 'offered'],
    ])
    expect(listWords({ ...all, kind: 'area', type: '' }, NO_COLUMNS, 'f')).toMatchObject({ area_set: 'wards', set: [] })
  })
})

describe('a list that lacks a column', () => {
  it('is shown all the same, so that the column can be chosen', () => {
    expect(missingColumn([{ field: 'position', code: 'required' as const, message: '' }])).toBe('position')
    expect(missingColumn([{ field: 'name', code: 'not_found', message: '' }])).toBeNull()
    expect(missingColumn([{ field: 'area_set', code: 'required' as const, message: '' }])).toBeNull()
    const asked = withStandIns(listWords(places, { takeAs: { 2: 'phone' }, key: '' }, 'f'), ['name', 'position'])
    expect(asked.set.map(([field]) => field)).toEqual(['name', 'postcode'])
    expect(asked.map).toEqual([['phone', 2]])
  })
  it('says at which control a file without headings is mended', () => {
    const message = 'the first row looks like data, not headings: add --no-header and say what the columns are'
    expect(refusedFaults([{ field: '', code: 'not_this_format', message }], '').map(({ field }) => field)).toEqual(['no-header'])
    expect(refusedFaults([], 'Too large')).toEqual([{ field: 'file', message: 'Too large' }])
  })
})

describe('what a column is taken as', () => {
  it.each([
    ['postcode', 'Postcode'],
    ['key, name', 'Name. Tells the rows apart'],
    ['name, provider.name', 'Name; Who runs it'],
    ['indicator Aged 65, or over (count)', 'A number of people or things: “Aged 65, or over”'],
    ['indicator poor (rate)', 'A share: “poor”'],
    ['group ward', 'Groups neighbourhoods: “ward”'],
    ['no field: kept under its heading, seen by admins until one publishes it', 'No matching field: kept under its own heading, for admins'],
    ['not kept: it may name or reach persons', 'Not kept: it may name or reach persons'],
  ])('“%s” is said as “%s”', (said, told) => expect(takenAs({ ...column, taken_as: said })).toBe(told))

  it('has words for every field that is offered', () => {
    for (const kind of LIST_KINDS) {
      const fields = Object.values(FIELDS[kind]).flat()
      expect(fields.length).toBe(new Set(fields).size)
      for (const field of fields) expect(bringIn.field(field), field).not.toMatch(/[._]|^[a-z]/)
    }
  })
  it('counts its cells in words', () => {
    expect(cellCounts({ ...column, filled: 1204, taken: 1200, kept: 1, left_out: 3 })).toBe('1,200 cells used, 1 cell kept as text, 3 cells left out')
    expect(cellCounts(column)).toBe('All empty')
  })
})

describe('what the server says to who types commands', () => {
  it.each([
    ['has the same key "7" as line 3: remove all but one, or name a column that tells them apart with --key', 'Which column tells the rows apart?'],
    ['no postcode table is loaded; load one first: commonground import england_postcodes.csv.gz --dataset postcodes', 'knows no postcodes yet'],
    ['5 of 6 new rows have the keys of rows that the list "halls" brought. If this is that list under another name, take it back (commonground undo 01a2) and bring it in with --list "halls".', 'give it the name "halls"'],
  ])('is said without commands: %s', (said, told) => {
    expect(bringIn.plainly(said)).toContain(told)
    expect(bringIn.plainly(said)).not.toMatch(/--|commonground/)
  })
})

describe('the outcome', () => {
  it('is worth bringing in only when it would do something', () => {
    expect(doesAnything(run)).toBe(false)
    expect(doesAnything({ ...run, updated: 1 })).toBe(true)
    expect(figures(run).map(({ count }) => count)).toEqual([0, 0, 3, 0])
  })
  it('shows the first problems and counts the others', () => {
    const said = Array.from({ length: 30 }, (_, line) => ({ line, field: '', code: 'required' as const, message: '' }))
    expect(firstOf(said, { required: 4000 })).toMatchObject({ more: 3980, shown: { length: 20 } })
    expect(firstOf([], {})).toEqual({ shown: [], more: 0 })
  })
  it('hands refused rows back so that Excel reads their letters, and features as they are', () => {
    expect(refusedFile({ ...run, refused_csv: 'Name\nCafé\n' })).toMatchObject({ name: 'halls – refused.csv', text: '\uFEFFName\nCafé\n' })
    expect(refusedFile({ ...run, refused_geojson: '{}' })).toMatchObject({ name: 'halls – refused.geojson', text: '{}' })
    expect(refusedFile(run)).toBeNull()
  })
})

describe('the address of a step', () => {
  it('never leads to answers that are not there', () => {
    const nothing = { explained: null, tried: null, done: null }
    expect(readRoute('#/bring-in/try')).toEqual({ screen: 'bring-in', step: 'try' })
    expect(readRoute('#/bring-in/nowhere')).toEqual({ screen: 'bring-in', step: 'choose' })
    for (const step of ['choose', 'look', 'try', 'done'] as const) expect(shownStep(step, nothing)).toBe('choose')
    const explained = { list: '', form: '', notes: [], rows: 0, good: 0, columns: [] }
    expect(shownStep('try', { ...nothing, explained })).toBe('look')
    expect(shownStep('done', { ...nothing, done: run })).toBe('done')
    expect(shownStep('try', { ...nothing, done: run })).toBe('choose')
  })
})

describe('what may be unknown of a result', () => {
  /** The words that the server's own questions give. */
  const asked = rust('analysis', /\.and\("([a-z_]+)"/g)
  it('has its question, whatever was asked for', () => {
    expect(asked).toContain('status')
    expect(asked.filter(word => !(word in words.find.unknown))).toEqual([])
    expect(words.find.unknown['status']).toBe('is it open at all?')
  })
  it('has its words on the card where a list left it unclear', () => {
    const [rule] = rust('exchange', /fn means_something_unsaid[^]*?matches!\(([^]*?)\)/g)
    const fields = [...rule!.matchAll(/"([a-z_.]+)"/g)].map(match => match[1]!)
    expect(fields).toContain('status')
    expect(fields.filter(field => !(field in words.card.unclearFields))).toEqual([])
  })
})

/** What a pattern finds in the sources of one part of the program, wherever in it they stand. */
function rust(folder: string, pattern: RegExp): string[] {
  const files = readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.rs'))
  const text = files.map(name => readFileSync(join(SRC, folder, name), 'utf8')).join('\n')
  return [...new Set([...text.matchAll(pattern)].map(match => match[1]!))]
}
