import { describe, expect, it } from 'vitest'
import { leftOff, RUN_LIMIT, tileWords } from '../src/state/choices.ts'
import type { Found, Nearby } from '../src/api/nearby.ts'

/** So many found of a run, and so many there. */
function answer(run: Found['run'], found: number, total: number): Nearby {
  return {
    revision: 1,
    near: { label: 'Keswick', lon: -3.13, lat: 54.6 },
    totals: { sure: 0, without_travel: 0, possible: 0, beyond: 0, [run]: total },
    found: Array.from({ length: found }, () => ({ run }) as Found),
  }
}

describe('what a list leaves off', () => {
  it('is counted, not guessed from how long the list is', () => {
    for (const run of ['sure', 'without_travel', 'possible'] as const) {
      expect(leftOff(answer(run, 0, 0), run)).toBe(0)
      expect(leftOff(answer(run, RUN_LIMIT, RUN_LIMIT), run)).toBe(0)
      expect(leftOff(answer(run, RUN_LIMIT, 1_203), run)).toBe(1_203 - RUN_LIMIT)
    }
  })
  it('of one run is not taken for another’s', () => {
    expect(leftOff(answer('sure', RUN_LIMIT, 60), 'possible')).toBe(0)
  })
})

describe('the crowd behind a list', () => {
  it('is asked for without where somebody is: that must not stand in an address', () => {
    const words = tileWords({ near: 'CA13 9LU', within: '1mi', limit: 50, q: 'lonely', delivery: ['online'] })
    expect(words).toEqual({ q: 'lonely', delivery: ['online'] })
  })
})
