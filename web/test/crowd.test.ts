import { describe, expect, it } from 'vitest'
import { mayBeMore, RUN_LIMIT, tileWords } from '../src/state/choices.ts'
import type { Found, Nearby } from '../src/api/nearby.ts'

function answer(sure: number, possible: number): Nearby {
  const found = [...Array<string>(sure).fill('sure'), ...Array<string>(possible).fill('possible')].map(run => ({ run }) as Found)
  return { revision: 1, near: { label: 'Keswick', lon: -3.13, lat: 54.6 }, totals: { sure, without_travel: 0, possible }, found }
}

describe('the crowd behind a list', () => {
  it('is asked about only where the list may have been cut off', () => {
    expect(mayBeMore(answer(0, 0))).toBe(false)
    expect(mayBeMore(answer(RUN_LIMIT - 1, RUN_LIMIT - 1))).toBe(false)
    expect(mayBeMore(answer(RUN_LIMIT, 0))).toBe(true)
    expect(mayBeMore(answer(0, RUN_LIMIT))).toBe(true)
  })
  it('is asked for without where somebody is: that must not stand in an address', () => {
    const words = tileWords({ near: 'CA13 9LU', within: '1mi', limit: 50, q: 'lonely', delivery: ['online'] })
    expect(words).toEqual({ q: 'lonely', delivery: ['online'] })
  })
})
