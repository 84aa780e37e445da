import { describe, expect, it } from 'vitest'
import { choicesFrom, filterWords, NO_CHOICES, searchAddress } from '../src/state/choices.ts'
import { isPostcode, shareable, tidyPostcode } from '../src/state/where.ts'

describe('what was typed under "Where?"', () => {
  it.each([
    ['CA13 9LU', 'CA13 9'],
    ['ca139lu', 'CA13 9'],
    ['CA13 9', 'CA13 9'],
    ['Cockermouth', 'Cockermouth'],
    ['54.662,-3.364', ''],
  ])('shares no more than the sector: %s → %s', (typed, shared) => {
    expect(shareable(typed)).toBe(shared)
  })

  it('knows a postcode however it is spaced', () => {
    expect(['CA13 9LU', 'ca139lu', ' ca13  9lu '].every(isPostcode)).toBe(true)
    expect(isPostcode('Cockermouth')).toBe(false)
    expect(tidyPostcode('ca139lu')).toBe('CA13 9LU')
  })

  it('goes to the server in full, but never into the address', () => {
    const choices = { ...NO_CHOICES, where: 'ca13 9lu', help: 'lonely' }
    expect(filterWords(choices, null).near).toBe('CA13 9LU')
    expect(searchAddress(choices)).toBe('#/find?where=CA13+9&help=lonely')
  })
})

describe('the choices of a search', () => {
  it('become the filter words of the server', () => {
    const choices = { ...NO_CHOICES, where: 'Cockermouth', day: 'thu', time: '14:00', selfReferral: true, noCar: true }
    expect(filterWords(choices, null)).toEqual({
      limit: 50,
      near: 'Cockermouth',
      open_at: 'thu 14:00',
      within: '20min walk',
      referral: 'self',
    })
  })

  it('look outward from the middle of the ground when no place is given, without a limit of distance', () => {
    expect(filterWords({ ...NO_CHOICES, help: 'food', within: '5mi' }, '54.6,-3.1')).toEqual({ limit: 50, near: '54.6,-3.1', q: 'food' })
  })

  it('survive the way through an address', () => {
    const choices = { ...NO_CHOICES, where: 'Keswick', free: true, day: 'mon' }
    expect(choicesFrom(new URLSearchParams(searchAddress(choices).split('?')[1]))).toEqual(choices)
  })
})
