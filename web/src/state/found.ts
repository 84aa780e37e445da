// From the one form to the linked records it makes. Pure: the same draft always makes the same records under the
// same ids, whenever and however often it is sent.
import { words } from '../words/index.ts'
import type { Chosen, Draft, FieldValue, Position } from './drafts.ts'
import type { Kind } from '../api/records.ts'
import type { NewRecord } from './outbox.ts'
import { timesFault, timesFromForm } from './opening-times.ts'

type Body = Record<string, unknown>

export interface Missing {
  field: string
  message: string
}

const REQUIRED: Record<Draft['form'], string[]> = {
  group: ['name', 'category', 'runBy', 'where'],
  place: ['name', 'type', 'where'],
  share: ['name', 'type', 'side', 'runBy'],
  missing: ['name', 'reason', 'where'],
}

/** What has to be said before the form can be kept; everything else may stay unknown. */
export function missingFields({ form, fields }: Draft): Missing[] {
  const missing = REQUIRED[form].filter(field => !isSaid(form, fields, field))
  if (form === 'place' && fields['roomToUse'] === true && !isFilled(fields['runBy'])) missing.push('runBy')
  const faults = missing.map(field => ({ field, message: words.found.required[field] ?? words.found.requiredOther }))
  const times = timesFault(list(fields['days']), text(fields['from']) ?? '', text(fields['until']) ?? '')
  if (times) faults.push({ field: times === 'order' ? 'until' : times, message: words.found.times[times] })
  return faults
}

/** In the order they must be sent: what others link to comes first, what the form is about comes last. */
export function recordsFrom(draft: Draft, now: string): NewRecord[] {
  switch (draft.form) {
    case 'group':
      return [...newProvider(draft), ...newPlace(draft), record('service', draft, groupBody(draft, now))]
    case 'place':
      return placeRecords(draft)
    case 'share':
      return [...newProvider(draft), record('resource', draft, shareBody(draft))]
    case 'missing':
      return [record('gap', draft, missingBody(draft, now))]
  }
}

function groupBody(draft: Draft, now: string): Body {
  const { fields } = draft
  const atPlace = chosen(fields['place'])
  const place = atPlace ? (atPlace.id ?? draft.ids['place']) : null
  return tidy({
    name: text(fields['name']),
    description: text(fields['description']),
    categories: [chosen(fields['category'])?.id],
    provider: providerId(draft),
    ...(place ? { places: [place] } : whereBody(fields['where'])),
    schedule: timesFromForm(list(fields['days']), text(fields['from']) ?? '', text(fields['until']) ?? ''),
    referral: list(fields['referral']),
    delivery: list(fields['delivery']),
    accepting: fields['accepting'] ? { value: fields['accepting'], at: now.slice(0, 10) } : null,
    cost: costBody(fields),
    eligibility: tidy({ min_age: number(fields['minAge']), max_age: number(fields['maxAge']), group: text(fields['group']) }),
    first_visit: text(fields['firstVisit']),
    someone_can_come_with_you: fields['someoneCanCome'] === true ? true : null,
    transport_offered: fields['transport'] === true ? true : null,
    languages: list(fields['languages']),
    ...contactBody(fields),
    status: 'open',
  })
}

function placeRecords(draft: Draft): NewRecord[] {
  const { fields } = draft
  const provider = providerId(draft)
  const place = record('place', draft, placeBody(fields, text(fields['name']), provider))
  if (fields['roomToUse'] !== true) return [...newProvider(draft), place]
  const room = tidy({
    name: words.found.roomAt(text(fields['name']) ?? ''),
    type: 'room',
    side: 'offered',
    provider,
    place: draft.ids['place'],
    seats: number(fields['seats']),
    use: text(fields['use']),
  })
  return [...newProvider(draft), place, { kind: 'resource', id: draft.ids['resource']!, body: room }]
}

function placeBody(fields: Draft['fields'], name: string | null, provider: string | null): Body {
  return tidy({
    name,
    type: text(fields['type']) ?? 'other',
    description: text(fields['description']),
    provider,
    ...whereBody(fields['where']),
    address: text(fields['address']),
    hours: timesFromForm(list(fields['days']), text(fields['from']) ?? '', text(fields['until']) ?? ''),
    accessible: tidy({
      step_free: yesNo(fields['stepFree']),
      toilet: yesNo(fields['toilet']),
      parking: yesNo(fields['parking']),
    }),
    ...contactBody(fields),
    status: 'open',
  })
}

function shareBody(draft: Draft): Body {
  const { fields } = draft
  return tidy({
    name: text(fields['name']),
    description: text(fields['description']),
    type: text(fields['type']),
    side: text(fields['side']),
    provider: providerId(draft),
    place: chosen(fields['place'])?.id,
    cost: costBody(fields),
    slots: timesFromForm(list(fields['days']), text(fields['from']) ?? '', text(fields['until']) ?? ''),
    ...contactBody(fields),
  })
}

function missingBody(draft: Draft, now: string): Body {
  const { fields } = draft
  const what = text(fields['name'])
  return tidy({
    name: what,
    what,
    description: text(fields['description']),
    reason: text(fields['reason']),
    people: number(fields['people']),
    category: chosen(fields['category'])?.id,
    status: 'spotted',
    evidence: { observed: text(fields['description']) ?? what, at: now },
    ...whereBody(fields['where']),
  })
}

/** The organisation typed by name that is not there yet. */
function newProvider(draft: Draft): NewRecord[] {
  const named = chosen(draft.fields['runBy'])
  if (!named || named.id) return []
  const body = { name: named.name, type: text(draft.fields['runByType']) ?? 'community_group' }
  return [{ kind: 'organisation', id: draft.ids['organisation']!, body }]
}

/** The place typed by name that is not there yet, at the position given. */
function newPlace(draft: Draft): NewRecord[] {
  const named = chosen(draft.fields['place'])
  if (!named || named.id) return []
  const body = tidy({ name: named.name, type: text(draft.fields['placeType']) ?? 'other', ...whereBody(draft.fields['where']), status: 'open' })
  return [{ kind: 'place', id: draft.ids['place']!, body }]
}

function record(kind: Kind, draft: Draft, body: Body): NewRecord {
  return { kind, id: draft.ids[kind]!, body }
}

function providerId(draft: Draft): string | null {
  const named = chosen(draft.fields['runBy'])
  return named ? (named.id ?? draft.ids['organisation']!) : null
}

function whereBody(value: FieldValue | undefined): Body {
  const position = value as Position | null | undefined
  if (!position) return {}
  return position.point ? { point: position.point } : { postcode: position.postcode }
}

function contactBody(fields: Draft['fields']): Body {
  return { phone: text(fields['phone']), email: text(fields['email']), website: text(fields['website']) }
}

function costBody(fields: Draft['fields']): Body | null {
  const free = fields['cost'] === 'free' ? true : fields['cost'] === 'pay' ? false : null
  return tidy({ free, text: text(fields['costText']) })
}

function isSaid(form: Draft['form'], fields: Draft['fields'], field: string): boolean {
  if (form === 'group' && field === 'where' && chosen(fields['place'])?.id) return true
  if (form === 'group' && field === 'category') return Boolean(chosen(fields['category'])?.id)
  return isFilled(fields[field])
}

function isFilled(value: FieldValue | undefined): boolean {
  if (value && typeof value === 'object' && 'name' in value) return value.name.trim() !== ''
  return typeof value === 'string' ? value.trim() !== '' : Boolean(value)
}

function chosen(value: FieldValue | undefined): Chosen | null {
  const named = value as Chosen | null | undefined
  return named && isFilled(named) ? { ...named, name: named.name.trim() } : null
}

function text(value: FieldValue | undefined): string | null {
  return typeof value === 'string' && value.trim() ? value.trim() : null
}

function list(value: FieldValue | undefined): string[] {
  return Array.isArray(value) ? value : []
}

function number(value: FieldValue | undefined): number | null {
  const typed = text(value)
  return typed && /^\d+$/.test(typed) ? Number(typed) : null
}

function yesNo(value: FieldValue | undefined): boolean | null {
  return value === 'yes' ? true : value === 'no' ? false : null
}

/** Unknown is left out, never sent as empty: empty would say "no". */
function tidy(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}
