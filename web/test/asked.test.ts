// What is sent to the server: words as its description has them, numbers as numbers, lists as lists.
import { describe, expect, it, vi } from 'vitest'

vi.stubGlobal('document', { baseURI: 'https://map.example/' })
const { nearby } = await import('../src/api/nearby.ts')
const { tileAddress } = await import('../src/api/tiles.ts')
const { choicesFrom, filterWords, NO_CHOICES, tileWords } = await import('../src/state/choices.ts')
const { words } = await import('../src/words/index.ts')

const ALL_CHOSEN = { ...NO_CHOICES, where: 'ca139lu', help: 'lonely', day: 'thu', time: '14:00', selfReferral: true, comesToYou: true, free: true, stepFree: true, takingPeople: true, age: '70', language: 'cy' }

describe('a search', () => {
  it('says a number as a number, yes as true, and what may be several as a list', () => {
    expect(filterWords(ALL_CHOSEN, null)).toEqual({
      near: 'CA13 9LU',
      limit: 50,
      q: 'lonely',
      open_at: 'thu 14:00',
      referral: ['self'],
      delivery: ['at_home', 'telephone', 'online'],
      free: true,
      accessible: ['step_free'],
      accepting: ['yes'],
      age: 70,
      language: 'cy',
    })
  })

  it('always says from where, even where that is not known: the server tells what is wrong', () => {
    expect(filterWords(NO_CHOICES, '54.6,-3.2').near).toBe('54.6,-3.2')
    expect(filterWords(NO_CHOICES, null).near).toBe('')
  })

  it('of an address asks for the age that is shown, and never for what is no number', () => {
    for (const [typed, age] of [['70', 70], ['7x', 7], ['abc', undefined], ['-5', 5], ['12345', 123]] as const) {
      const chosen = choicesFrom(new URLSearchParams({ where: 'Keswick', age: typed }))
      expect([chosen.age, filterWords(chosen, null).age]).toEqual([age === undefined ? '' : String(age), age])
    }
  })

  it('asks how many there are in all, in a body, and nobody has to say so', async () => {
    const totals = { sure: 3, without_travel: 0, possible: 0, beyond: 9 }
    const asked: [string, unknown][] = []
    vi.stubGlobal('fetch', async (address: URL, { body }: { body: string }) => {
      asked.push([address.search, JSON.parse(body)])
      return Response.json({ revision: 1, near: null, totals, features: [] })
    })
    const chosen = filterWords(ALL_CHOSEN, null)
    const answer = await nearby(chosen, new AbortController().signal)
    expect(asked).toEqual([['', { ...chosen, include: ['totals'] }]])
    expect(answer.totals).toEqual(totals)
  })

  it('of tiles asks in an address, with commas, for no more than tiles understand', () => {
    const [, query] = tileAddress(tileWords(filterWords(ALL_CHOSEN, null))).split('?')
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
      q: 'lonely',
      open_at: 'thu 14:00',
      referral: 'self',
      delivery: 'at_home,telephone,online',
      free: 'true',
      accessible: 'step_free',
      accepting: 'yes',
      age: '70',
      language: 'cy',
    })
  })
})

describe('what a search says of how many there are', () => {
  const some = { sure: 1_203, without_travel: 1_000, possible: 2, beyond: 0 }

  it('counts what is farther away than asked as farther away', () => {
    expect(words.find.count(some, 'Keswick')).toBe('Near Keswick: 1,203 fit, 1,000 without travelling, 2 to ring first')
    expect(words.find.count({ ...some, without_travel: 0, possible: 0, beyond: 1 }, 'Keswick')).toBe('Near Keswick: 1,203 fit. 1 that fits or may fit is farther away.')
    expect(words.find.count({ sure: 0, without_travel: 0, possible: 0, beyond: 12 }, 'Keswick')).toBe('Near Keswick: 0 fit. 12 that fit or may fit are farther away.')
  })

  it('says everywhere only where it is everywhere', () => {
    expect(words.find.count(some, null)).toMatch(/^Everywhere here: /)
    expect(words.find.count({ ...some, beyond: 5 }, null)).toMatch(/^Near the middle of this area: .* 5 that fit or may fit are farther away\.$/)
  })

  it('says nothing is there only where nothing is there', () => {
    expect([words.find.none(0), words.find.none(5)]).toEqual(['Nothing found.', 'Nothing found within this distance.'])
  })

  it('says of how many the list has the first', () => {
    expect(words.find.onlyFirst(50, 1_203)).toBe('These are the first 50 of 1,203. Narrow it down to see others.')
  })
})
