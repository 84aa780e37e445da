import { describe, expect, it } from 'vitest'
import { matching, nearMisses } from '../src/state/matching.ts'
import { paperLines } from '../src/state/paper.ts'
import { whoSaysSo } from '../src/state/card.ts'
import type { AnyRecord } from '../src/api/records.ts'

const service = { id: '1', kind: 'service', version: 1, name: 'Lunch club' } as AnyRecord
const said = (record: AnyRecord, key: string) => paperLines(record, 'Keswick').find(line => line.key === key)?.text

describe('the slip', () => {
  it('says what has to be asked before anyone sets out', () => {
    expect(said(service, 'when')).toEqual(['Ring first: when is it on?'])
    expect(said(service, 'cost')).toEqual(['Ring first: what does it cost?'])
    expect(said(service, 'getIn')).toEqual(['Ring first: how do you join?'])
    expect(said(service, 'phone')).toEqual(['No phone number is known.'])
  })

  it('keeps the waiting list, its weeks and the status', () => {
    const waiting = { ...service, status: 'paused', referral: ['self', 'gp'], accepting: { value: 'waiting_list' }, capacity: { waiting_weeks: 6 } } as AnyRecord
    expect(said(waiting, 'getIn')).toEqual(['You can just turn up, or ring first.', 'There is a waiting list. The wait is about 6 weeks.'])
    expect(said(waiting, 'status')).toEqual(['Paused'])
  })

  it('says nothing twice', () => {
    expect(said({ ...service, cost: { free: true, text: 'Free; a pound for tea' } }, 'cost')).toEqual(['Free; a pound for tea'])
    expect(said({ ...service, address: 'Heads Road, Keswick, Keswick' }, 'where')).toEqual(['Heads Road, Keswick'])
    const there = { ...service, transport_offered: true, accessible: { step_free: true, parking: true } }
    expect(said(there, 'gettingThere')).toEqual(['Transport is offered.', 'There is parking.'])
    expect(said(there, 'access')).toEqual(['Step-free'])
    expect(said(there, 'firstVisit')).toBeUndefined()
  })
})

describe('words that were typed', () => {
  it('are found at the start of a word first', () => {
    expect(matching(['Sewing', 'Wing walk', 'Left wing'], 'wing', name => [name])).toEqual(['Wing walk', 'Left wing', 'Sewing'])
  })
  it('with a slip of the hand lead to the town that was meant', () => {
    expect(nearMisses('Cockermoth', ['Cockermouth', 'Keswick'], 2)).toEqual(['Cockermouth'])
    expect(nearMisses('London', ['Cockermouth', 'Keswick'], 2)).toEqual([])
  })
})

it('a gap that was worked out says that it was worked out here', () => {
  expect(whoSaysSo({ ...service, kind: 'gap', evidence: { query: '/api/v1/coverage' } })).toContain('Worked out here')
})
