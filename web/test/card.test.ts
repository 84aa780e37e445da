import { describe, expect, it } from 'vitest'
import { cardLines, freshText, isExample, referralText } from '../src/state/card.ts'
import type { AnyRecord } from '../src/api/records.ts'

const service = { id: '1', kind: 'service', version: 1, name: 'Lunch club' } as AnyRecord

describe('a card', () => {
  it('says what is not known instead of leaving it out', () => {
    const unknown = cardLines(service).filter(line => line.unknown)
    expect(unknown.map(line => line.key)).toEqual(['when', 'who', 'getIn', 'cost'])
    expect(unknown[0]!.text).toEqual(['It does not say. Ring first.'])
  })

  it('says how to get in, in plain words', () => {
    expect(referralText({ ...service, referral: ['self', 'gp', 'health_visitor'] })).toBe('No referral needed. A GP and a health visitor can also refer.')
    expect(referralText({ ...service, referral: ['gp'] })).toBe('Ask a GP to refer.')
  })

  it('says how fresh it is and how that is known', () => {
    expect(freshText({ ...service, assured: { by: 'the hub', at: '2026-11-02', how: 'rang' } })).toBe('Checked on 2 November 2026 by the hub, by ringing up')
    expect(freshText({ ...service, sources: [{ list: 'Directory', key: '7' }], updated_at: '2026-10-01T00:00:00Z' })).toBe('Not checked yet; from the list “Directory” of 1 October 2026')
    expect(freshText(service)).toBe('Not checked yet')
  })

  it('marks what is made up', () => {
    expect(isExample({ ...service, illustrative: ['*'] })).toBe('whole')
    expect(isExample({ ...service, illustrative: ['schedule'] })).toBe('parts')
    expect(isExample({ ...service, illustrative: [] })).toBeNull()
  })

  it('opens no link that is not a web address', () => {
    const website = ['java', 'script:alert(1)'].join('')
    expect(cardLines({ ...service, website }).some(line => line.link)).toBe(false)
  })

  it('names the nearest town where there is no address', () => {
    expect(cardLines(service, { town: 'Keswick' }).find(line => line.key === 'where')!.text).toEqual(['Near Keswick'])
  })
})
