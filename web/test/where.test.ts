import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { choicesFrom, filterWords, namedOrTyped, NO_CHOICES, searchAddress, tileWords } from '../src/state/choices.ts'
import { isPostcode, shareable, tidyPostcode } from '../src/state/where.ts'

const POSTCODES = JSON.parse(readFileSync(join(import.meta.dirname, 'postcodes.json'), 'utf8')) as [typed: string, shared: string][]

describe('what was typed under "Where?"', () => {
  it.each(POSTCODES)('shares no more of a postcode than its sector, wherever it stands: %j → %j', (typed, shared) => {
    expect(shareable(typed)).toBe(shared)
    expect(shareable(shared)).toBe(shared)
  })

  it('is asked about in full where it holds one postcode', () => {
    for (const typed of ['CA13-9LU', 'CA13 9LU.', '12 High St CA13 9LU', 'c a 1 3 9lu']) expect(filterWords({ ...NO_CHOICES, where: typed }, null).near).toBe('CA13 9LU')
    for (const typed of ['CA13 9LU or CA12 5JB', 'Cockermouth', 'CA13 9L']) expect(filterWords({ ...NO_CHOICES, where: typed }, null).near).toBe(typed)
  })

  it('stands in no address by another way: neither as what would help, nor with the tiles', () => {
    const choices = { ...NO_CHOICES, where: 'Keswick', help: 'lunch near ca139lu' }
    expect(searchAddress(choices)).toBe('#/find?where=Keswick&help=lunch+near+CA13+9')
    expect(tileWords(filterWords(choices, null)).q).toBe('lunch near CA13 9')
  })

  it('is kept here when its short form comes back from the address', () => {
    const typed = { ...NO_CHOICES, where: '12 High St CA13 9LU', help: 'lunch at CA12 5JB' }
    const named = choicesFrom(new URLSearchParams(searchAddress(typed).split('?')[1]))
    expect(namedOrTyped(named, typed)).toEqual(typed)
    expect(namedOrTyped({ ...named, where: 'Keswick' }, typed)).toEqual({ ...typed, where: 'Keswick' })
    expect(namedOrTyped(named, NO_CHOICES)).toEqual(named)
  })

  it('knows a postcode however it is spaced', () => {
    expect(['CA13 9LU', 'ca139lu', ' ca13  9lu ', 'CA13-9LU'].every(isPostcode)).toBe(true)
    for (const text of ['Cockermouth', 'CA13 9', '12 High St CA13 9LU']) expect(isPostcode(text)).toBe(false)
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
      referral: ['self'],
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
