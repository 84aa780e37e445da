// A record put into the lines of a card: what, when, for whom, how to get in, first visit, how fresh, who says so.
// Pure: the card page, the list and the slip all draw from here, so they never say different things.
import type { Accessible, AnyRecord } from '../api/records.ts'
import { words } from '../words/index.ts'
import { joinAnd, joinOr, scheduleInWords, timesInWords } from './opening-times.ts'

export interface Line {
  /** Which question it answers; also the key of its heading. */
  key: keyof typeof words.card.headings
  text: string[]
  /** A person must be rung to know: it is said, not left out. */
  unknown?: boolean
  link?: { href: string; text: string }
}

/** Names from around the record; `town` is the nearest one, said where there is no address. */
export interface NamesAround {
  town?: string | null
  area?: string | null
  lead?: string | null
}

export function cardLines(record: AnyRecord, { town, area, lead }: NamesAround = {}): Line[] {
  const near = town ? words.card.near(town) : null
  switch (record.kind) {
    case 'service':
      return serviceLines(record, near)
    case 'place':
      return placeLines(record, near)
    case 'resource':
      return present([
        line('what', [words.card.shared(words.values.of(record.type), words.values.of(record.side)), record.use, record.description]),
        line('when', hoursText(record.slots)),
        line('size', [sizeText(record)]),
        line('cost', [costText(record)]),
        line('where', [placeText(record)]),
        ...contactLines(record),
        line('runBy', [providersText(record)]),
      ])
    case 'gap':
      return present([
        line('missing', [record.what, record.description]),
        line('where', [area ?? near]),
        line('reason', [words.values.of(record.reason)]),
        line('people', [record.people ? words.card.people(record.people) : null]),
        line('status', [words.values.of(record.status), record.answer ? words.values.of(record.answer) : null]),
        line('lead', [lead]),
        line('due', [record.due ? dateText(record.due) : null]),
        line('evidence', [evidenceText(record), evidenceNumbers(record)]),
      ])
    default:
      return present([
        line('what', [words.values.of(record.type), record.description]),
        line('where', [addressText(record)]),
        ...contactLines(record),
      ])
  }
}

function serviceLines(record: AnyRecord, near: string | null): Line[] {
  const when = record.schedule ? scheduleInWords(record.schedule) : hoursText(null)
  return present([
    line('what', [joinAnd(categoryNames(record)), record.description]),
    orUnknown('when', when),
    line('delivery', waysToTakePart(record)),
    line('where', [placeText(record) ?? near]),
    line('access', [accessText(record.card?.place?.accessible ?? record.accessible)]),
    orUnknown('who', [whoText(record)]),
    orUnknown('getIn', [referralText(record), acceptingText(record)]),
    line('firstVisit', [
      record.first_visit,
      record.someone_can_come_with_you ? words.card.someoneCanCome : null,
      record.transport_offered ? words.card.transport : null,
    ]),
    orUnknown('cost', [costText(record)]),
    line('languages', [record.languages?.length ? joinAnd(record.languages.map(words.values.language)) : null]),
    line('checks', (record.checks ?? []).map(({ what, at }) => words.card.check(what, at ? dateText(at) : null))),
    ...contactLines(record),
    line('runBy', [providersText(record)]),
  ])
}

function placeLines(record: AnyRecord, near: string | null): Line[] {
  return present([
    line('what', [words.values.of(record.type), record.description]),
    orUnknown('when', hoursText(record.hours)),
    line('where', [addressText(record) ?? near]),
    line('access', [accessText(record.accessible)]),
    line('getIn', [referralText(record)]),
    ...contactLines(record),
    line('runBy', [providersText(record)]),
  ])
}

/** Equal ones, in the order of their names. */
function providersText(record: AnyRecord): string | null {
  const names = (record.card?.providers ?? []).map(provider => provider.name)
  return names.length ? joinAnd(names) : null
}

function contactLines(record: AnyRecord): (Line | null)[] {
  const phone = record.phone ?? record.card?.place?.phone
  const { email, website } = record
  return [
    phone ? { key: 'phone', text: [], link: { href: `tel:${phone.replace(/[^\d+]/g, '')}`, text: phone } } : null,
    email ? { key: 'email', text: [], link: { href: `mailto:${email}`, text: email } } : null,
    website && /^https?:/.test(website)
      ? { key: 'website', text: [], link: { href: website, text: website.replace(/^https?:\/\/(www\.)?|\/$/g, '') } }
      : null,
    line('ask', [record.contact_role]),
  ]
}

function line(key: Line['key'], text: (string | null | undefined)[]): Line | null {
  const said = text.filter((part): part is string => Boolean(part))
  return said.length ? { key, text: said } : null
}

function orUnknown(key: Line['key'], text: (string | null | undefined)[]): Line {
  return line(key, text) ?? { key, text: [words.card.notSaid], unknown: true }
}

function present(lines: (Line | null)[]): Line[] {
  return lines.filter(item => item !== null)
}

export function whenText(record: AnyRecord): string | null {
  const said = record.schedule ? scheduleInWords(record.schedule) : hoursText(record.hours)
  return said.length ? said.join('; ') : null
}

export function categoryNames(record: AnyRecord): string[] {
  return (record.card?.categories ?? []).map(category => category.name)
}

/** What kind of thing it is, in a few words: its categories, or the sort of place or help. */
export function whatText(record: AnyRecord): string {
  return joinAnd(categoryNames(record)) || words.values.of(record.type)
}

export function placeText(record: AnyRecord): string | null {
  const place = record.card?.place
  const parts = place ? [place.name, place.address, place.postcode] : [record.address, record.postcode]
  return withoutDoubles(parts) || null
}

/** "Keswick Library, Heads Road, Keswick, Keswick": each part once. */
function withoutDoubles(parts: (string | null | undefined)[]): string {
  const said = parts.flatMap(part => part?.split(/,\s*/) ?? []).filter(Boolean)
  return said.filter((part, index) => said.findIndex(other => other.toLowerCase() === part.toLowerCase()) === index).join(', ')
}

export function referralText(record: AnyRecord): string | null {
  if (!record.referral?.length) return null
  const others = record.referral.filter(way => way !== 'self').map(way => words.values.referral(way))
  const self = record.referral.includes('self')
  if (self && others.length) return words.card.selfOr(joinAnd(others))
  return self ? words.card.self : words.card.through(joinOr(others))
}

export function acceptingText(record: AnyRecord): string | null {
  const { accepting, capacity } = record
  if (!accepting || accepting.value === 'unknown') return null
  const said = words.card.accepting(accepting.value, accepting.at ? dateText(accepting.at) : null)
  const wait = capacity?.waiting_weeks ? words.card.wait(capacity.waiting_weeks) : null
  const free = capacity?.free ? words.card.freePlaces(capacity.free) : null
  return [said, free, wait].filter(Boolean).join(' ')
}

/** How fresh, in one line: who checked it and when, or that nobody has. */
export function freshText(record: AnyRecord): string {
  const { assured, sources, updated_at } = record
  if (assured) return words.card.checked(dateText(assured.at), assured.by, words.values.how(assured.how ?? ''))
  const list = sources?.[0]?.list
  return list ? words.card.fromList(list, updated_at ? dateText(updated_at) : null) : words.card.notChecked
}

export function whoSaysSo(record: AnyRecord): string {
  if (record.kind === 'gap' && record.evidence?.query) return words.card.workedOutHere
  const origin = record.origins?.['*'] ?? null
  const lists = (record.sources ?? []).map(source => source.list)
  return words.card.saidBy(origin, lists)
}

export function isExample(record: AnyRecord): 'whole' | 'parts' | null {
  if (!record.illustrative?.length) return null
  return record.illustrative.includes('*') ? 'whole' : 'parts'
}

export function exampleParts(record: AnyRecord): string {
  return joinAnd((record.illustrative ?? []).map(words.values.field))
}

/** What a list gave in words nobody could read: said, since silence would have a meaning. */
export function unclearText({ unclear }: AnyRecord): string | null {
  const fields = (unclear ?? []).map(field => words.card.unclearFields[field] ?? words.card.unclearOther(words.values.field(field)))
  return fields.length ? words.card.unclear(joinAnd([...new Set(fields)])) : null
}

export interface FurtherPart {
  heading: string
  text: string
  /** Kept for admins; nobody else is sent it. */
  isKept: boolean
}

/** Columns of a list that are no field, as far as the asker may see them. */
export function furtherParts({ further, published }: AnyRecord): FurtherPart[] {
  return Object.entries(further ?? {}).map(([heading, text]) => ({ heading, text, isKept: !published?.includes(heading) }))
}

export function furtherTitle({ sources }: AnyRecord): string {
  const lists = [...new Set((sources ?? []).map(({ list }) => list))]
  return words.card.further(lists.length === 1 ? lists[0]! : null)
}

function hoursText(hours: string | null | undefined): string[] {
  return hours ? (timesInWords(hours) ?? [hours]) : []
}

function addressText(record: AnyRecord): string | null {
  const approximate = record.precision === 'approximate' ? words.card.approximate : null
  return [record.address, record.postcode, approximate].filter(Boolean).join(', ') || null
}

function waysToTakePart(record: AnyRecord): string[] {
  return (record.delivery ?? []).filter(way => way !== 'at_place').map(words.values.of)
}

function accessText(accessible: Accessible | null | undefined): string | null {
  if (!accessible) return null
  return words.card.access(accessible) || null
}

function whoText(record: AnyRecord): string | null {
  const who = record.eligibility
  if (!who) return null
  const parts = [words.card.ages(who.min_age ?? null, who.max_age ?? null), who.group]
  if (who.districts?.length) parts.push(words.card.livingIn(joinOr(who.districts)))
  if (who.practices?.length) parts.push(words.card.registeredWith(joinOr(who.practices)))
  return parts.filter(Boolean).join('. ') || null
}

function costText(record: AnyRecord): string | null {
  const cost = record.cost
  if (!cost) return null
  const isSaid = /^free\b/i.test(cost.text ?? '')
  return [cost.free === true && !isSaid ? words.card.free : null, cost.text].filter(Boolean).join('. ') || (cost.free === false ? words.card.notFree : null)
}

function sizeText(record: AnyRecord): string | null {
  return words.card.size(record.seats ?? null, record.square_metres ?? null) || null
}

function evidenceText(record: AnyRecord): string | null {
  const evidence = record.evidence
  if (!evidence) return null
  if (evidence.observed) return words.card.observed(evidence.observed, evidence.at ? dateText(evidence.at) : null)
  return words.card.computed(evidence.at ? dateText(evidence.at) : null)
}

/** The numbers kept with a gap, if they are there in the shape we keep them in. */
function evidenceNumbers({ evidence, what }: AnyRecord): string | null {
  const { reach, total, area } = (evidence?.result ?? {}) as Partial<KeptResult>
  if (!reach || !total || typeof total.weight !== 'number' || typeof total.weight_covered !== 'number') return null
  return words.card.kept(total, words.find.miles(reach.within_m), what ?? null, area ?? null)
}

interface KeptResult {
  reach: { within_m: number }
  total: { weight: number; weight_covered: number }
  area: { name: string; weight: number }
}

export function dateText(date: string): string {
  const day = new Date(date)
  if (Number.isNaN(day.getTime())) return date
  return day.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/London' })
}
