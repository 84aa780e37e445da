import { describe, expect, it } from 'vitest'
import { cardLines, freshText, furtherParts, furtherTitle, isExample, referralText, unclearText } from '../src/state/card.ts'
import { paperLines } from '../src/state/paper.ts'
import type { AnyRecord } from '../src/api/records.ts'

const service = { id: '1', kind: 'service', version: 1, name: 'Lunch club' } as AnyRecord

describe('a card', () => {
  it('says what is not known instead of leaving it out', () => {
    const unknown = cardLines(service).filter(line => line.unknown)
    expect(unknown.map(line => line.key)).toEqual(['when', 'who', 'getIn', 'cost'])
    expect(unknown[0]!.text).toEqual(['Not known. Ring first.'])
  })

  it('says how to get in, in plain words', () => {
    expect(referralText({ ...service, referral: ['self', 'gp', 'health_visitor'] })).toBe('No referral needed. A GP and a health visitor can also refer.')
    expect(referralText({ ...service, referral: ['gp'] })).toBe('Ask a GP to refer you.')
    expect(referralText({ ...service, referral: ['gp', 'health_visitor'] })).toBe('Ask a GP or a health visitor to refer you.')
  })

  it('says how fresh it is and how that is known', () => {
    expect(freshText({ ...service, assured: { by: 'the hub', at: '2026-11-02', how: 'rang' } })).toBe('Checked on 2 November 2026 by the hub, by phone')
    expect(freshText({ ...service, sources: [{ list: 'Directory', key: '7' }], updated_at: '2026-10-01T00:00:00Z' })).toBe('Not checked yet. From the list “Directory”, 1 October 2026')
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

  it('says what a list gave in words nobody could read, and whom to ask', () => {
    expect(unclearText(service)).toBeNull()
    expect(unclearText({ ...service, unclear: [] })).toBeNull()
    expect(unclearText({ ...service, unclear: ['status'] })).toBe('It is not clear from the list whether it is open. Ring first.')
    expect(unclearText({ ...service, unclear: ['status', 'eligibility.min_age'] })).toBe('It is not clear from the list whether it is open and what age it starts from. Ring first.')
    expect(unclearText({ ...service, unclear: ['first_visit'] })).toBe('It is not clear from the list what is meant by “the first visit”. Ring first.')
  })

  it('takes what is unclear onto paper, beside what is clear', () => {
    const status = (record: AnyRecord) => paperLines(record, null).find(({ key }) => key === 'status')
    expect(status(service)).toBeUndefined()
    expect(status({ ...service, unclear: ['until'], status: 'closing' })).toEqual({
      key: 'status',
      text: ['Closing', 'It is not clear from the list whether it has ended, or when it will. Ring first.'],
      unknown: true,
    })
  })

  it('shows what else a list holds, and says what only admins see', () => {
    const listed = { ...service, sources: [{ list: 'halls', key: '7' }], further: { Rating: 'Good', Notes: 'Blue door' }, published: ['Rating'] }
    expect(furtherParts(listed)).toEqual([
      { heading: 'Rating', text: 'Good', isKept: false },
      { heading: 'Notes', text: 'Blue door', isKept: true },
    ])
    expect(furtherTitle(listed)).toBe('More from the list “halls”')
    expect(furtherTitle({ ...listed, sources: [{ list: 'halls', key: '7' }, { list: 'homes', key: '1' }] })).toBe('More from the list')
    expect(furtherParts(service)).toEqual([])
  })
})
