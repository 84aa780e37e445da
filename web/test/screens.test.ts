import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newId } from '../src/state/ids.ts'
import { readRoute } from '../src/state/route.ts'
import { words } from '../src/words/index.ts'

describe('addresses', () => {
  it('lead to their screens', () => {
    expect(readRoute('#/service/abc')).toEqual({ screen: 'record', kind: 'service', id: 'abc' })
    expect(readRoute('#/sign-in/TOKEN')).toEqual({ screen: 'sign-in', link: 'TOKEN' })
    expect(readRoute('#/found/missing')).toEqual({ screen: 'found', form: 'missing' })
    expect(readRoute('').screen).toBe('find')
    expect(readRoute('#/nowhere').screen).toBe('lost')
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
  const total = { weight: 1000, weight_covered: 740, weight_unsure: 0, areas: 10, areas_covered: 7 }
  it('names the numbers', () => {
    expect(words.coverage.sentence(total, 'people', '2 miles', '“Lunch club”')).toBe(
      '740 of 1,000 people (74%) live within 2 miles of “Lunch club”. 260 do not, in 3 of 10 neighbourhoods.',
    )
  })
  it('never counts what is unsure as left out', () => {
    expect(words.coverage.sentence({ ...total, weight_unsure: 260 }, 'people', '1 km', 'any group or activity')).toContain('260 more may')
  })
})

describe('the page', () => {
  it('has no inline script or style, which the content security policy would refuse', () => {
    const page = readFileSync(join(import.meta.dirname, '../index.html'), 'utf8')
    expect(page).not.toMatch(/<style|style=|<script>|onload=/)
  })
})
