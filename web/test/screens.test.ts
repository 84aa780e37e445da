import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Coverage } from '../src/api/coverage.ts'
import { newId } from '../src/state/ids.ts'
import { counted } from '../src/state/reached.ts'
import { readRoute } from '../src/state/route.ts'
import { words } from '../src/words/index.ts'

describe('addresses', () => {
  it('lead to their screens', () => {
    expect(readRoute('#/service/abc')).toEqual({ screen: 'record', kind: 'service', id: 'abc' })
    expect(readRoute('#/sign-in/TOKEN')).toEqual({ screen: 'sign-in', link: 'TOKEN' })
    expect(readRoute('#/found/missing')).toEqual({ screen: 'found', form: 'missing' })
    expect(readRoute('').screen).toBe('find')
    expect(readRoute('#/nowhere').screen).toBe('lost')
    expect(readRoute('#/service/%E0%A4%A').screen).toBe('lost')
  })
})

describe('ids made on the device', () => {
  it('are UUIDs of version 7, sorted by time', () => {
    const ids = [1, 2, 3].map(at => newId(Date.UTC(2026, 10, 22) + at))
    expect(ids.every(id => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('the sentence of "Who can get there"', () => {
  const total = { total: 1000, near: 740, without: 0, unsure: 0, left: 260, areas: 10, areasLeft: 3 }
  it('names the numbers', () => {
    expect(words.coverage.sentence(total, 'people', '2 miles', '“Lunch club”')).toBe(
      '740 of 1,000 people (74%) live within 2 miles of “Lunch club”; 260 are not reached, in 3 of 10 neighbourhoods.',
    )
  })
  it('does not count a telephone as living near', () => {
    const area = { id: '', code: '', name: '', nearest_m: null, possible: false }
    const totals = { areas: 3, areas_covered: 2, weight: 1000, weight_covered: 900, weight_unsure: 0, weight_from_outside: 0, areas_without_weight: 0, share: 0.9, share_possible: 0.9 }
    const per_area = [
      { ...area, weight: 600, covered: true, by: null },
      { ...area, weight: 300, covered: true, by: 'telephone' },
      { ...area, weight: 100, covered: false, by: null },
    ]
    const numbers = counted({ total: totals, per_area } as unknown as Coverage)
    expect(words.coverage.sentence(numbers, 'people', '5 km', '“Debt help”')).toBe(
      '600 of 1,000 people (60%) live within 5 km of “Debt help”; 300 more are reached by phone or at home; 100 are not reached, in 1 of 3 neighbourhoods.',
    )
  })
  it('never counts what is unsure as left out', () => {
    expect(words.coverage.sentence({ ...total, unsure: 260, left: 0 }, 'people', '1 km', 'any group or activity')).toContain('260 more may be')
  })
})

describe('what the numbers leave out', () => {
  it('says how many neighbourhoods do not tell their people', () => {
    expect(words.coverage.withoutWeight(1, 'people')).toBe('It is not known how many people live in 1 neighbourhood, so nobody there is counted.')
    expect(words.coverage.withoutWeight(1204, 'older people')).toBe('It is not known how many older people live in 1,204 neighbourhoods, so nobody there is counted.')
  })
})

describe('the page', () => {
  it('has no inline script or style, which the content security policy would refuse', () => {
    const page = readFileSync(join(import.meta.dirname, '../index.html'), 'utf8')
    expect(page).not.toMatch(/<style|style=|<script>|onload=/)
  })
})
