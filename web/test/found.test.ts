import { describe, expect, it } from 'vitest'
import type { Draft, FieldValue } from '../src/state/drafts.ts'
import { missingFields, recordsFrom } from '../src/state/found.ts'

const NOW = '2026-11-22T10:00:00Z'
const POSITION = { how: 'here', label: '', point: { lon: -3.36, lat: 54.66 }, postcode: null } as const

function draft(form: Draft['form'], fields: Record<string, FieldValue>): Draft {
  const ids = { service: 's', organisation: 'o', place: 'p', resource: 'r', gap: 'g' }
  return { form, fields, ids, entry: 'e', taken: {}, changes: 0 }
}

describe('a group or activity', () => {
  const group = draft('group', {
    name: ' Knit and natter ',
    category: { id: 'c1', name: 'Befriending' },
    runBy: { id: null, name: 'Papcastle WI' },
    place: { id: null, name: 'Village hall' },
    where: POSITION,
    days: ['Th'],
    from: '14:00',
    until: '16:00',
    referral: ['self'],
  })

  it('makes its organisation and its place with it, and itself last', () => {
    expect(recordsFrom(group, NOW)).toEqual([
      { kind: 'organisation', id: 'o', body: { name: 'Papcastle WI', type: 'community_group' } },
      { kind: 'place', id: 'p', body: { name: 'Village hall', type: 'other', point: POSITION.point, status: 'open' } },
      {
        kind: 'service',
        id: 's',
        body: { name: 'Knit and natter', categories: ['c1'], provider: 'o', places: ['p'], schedule: 'Th 14:00-16:00', referral: ['self'], status: 'open' },
      },
    ])
  })

  it('makes the same records every time', () => {
    expect(recordsFrom(group, NOW)).toEqual(recordsFrom(structuredClone(group), NOW))
  })

  it('links what is there already, and needs no position at a known place', () => {
    const known = draft('group', { ...group.fields, runBy: { id: 'age-uk', name: 'Age UK' }, place: { id: 'hub', name: 'Hub' }, where: null })
    expect(missingFields(known)).toEqual([])
    expect(recordsFrom(known, NOW)).toMatchObject([{ kind: 'service', body: { provider: 'age-uk', places: ['hub'] } }])
  })

  it('says what is still needed, and sends nothing as empty', () => {
    expect(missingFields(draft('group', { name: 'x' })).map(({ field }) => field)).toEqual(['category', 'runBy', 'where'])
    const [service] = recordsFrom(draft('group', { name: 'x', phone: ' ', minAge: 'many', where: POSITION }), NOW).slice(-1)
    expect(service!.body).not.toHaveProperty('phone')
    expect(service!.body).not.toHaveProperty('eligibility')
  })

  it('does not take a typed word for a category', () => {
    const typed = draft('group', { ...group.fields, category: { id: null, name: 'knitting' } })
    expect(missingFields(typed).map(({ field }) => field)).toEqual(['category'])
  })
})

describe('the other three', () => {
  it('a building with a room to use is a place and a room, offered by who runs it', () => {
    const hall = draft('place', { name: 'Hall', type: 'community_centre', where: { ...POSITION, point: null, postcode: 'CA13 9LU' }, roomToUse: true, runBy: { id: 'o1', name: 'Trustees' }, seats: '40', stepFree: 'no' })
    expect(recordsFrom(hall, NOW)).toEqual([
      { kind: 'place', id: 'p', body: { name: 'Hall', type: 'community_centre', provider: 'o1', postcode: 'CA13 9LU', accessible: { step_free: false }, status: 'open' } },
      { kind: 'resource', id: 'r', body: { name: 'Room at Hall', type: 'room', side: 'offered', provider: 'o1', place: 'p', seats: 40 } },
    ])
  })

  it('something missing keeps what was seen as its evidence', () => {
    const gap = draft('missing', { name: 'Lunch club', reason: 'none_here', where: POSITION, people: '120' })
    expect(recordsFrom(gap, NOW)).toMatchObject([{ kind: 'gap', body: { what: 'Lunch club', people: 120, status: 'spotted', evidence: { observed: 'Lunch club', at: NOW } } }])
  })

  it('something to share needs to be said whose it is', () => {
    expect(missingFields(draft('share', { name: 'Minibus', type: 'transport', side: 'offered' })).map(({ field }) => field)).toEqual(['runBy'])
  })
})
