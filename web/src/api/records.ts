// The shapes of records as the server gives and takes them, and how one record is read or written.
import { ask, type Query } from './http.ts'

export type Kind = 'organisation' | 'place' | 'service' | 'resource' | 'area' | 'gap' | 'category'

export const PLURALS: Record<Kind, string> = {
  organisation: 'organisations',
  place: 'places',
  service: 'services',
  resource: 'resources',
  area: 'areas',
  gap: 'gaps',
  category: 'categories',
}

export interface Point {
  lon: number
  lat: number
}

export interface Assured {
  by: string
  at: string
  how: string
}

export interface Cost {
  free?: boolean | null
  text?: string | null
}

export interface Accessible {
  step_free?: boolean | null
  toilet?: boolean | null
  parking?: boolean | null
}

export interface Recurring {
  rrule: string
  start: string
  minutes: number
}

export interface Eligibility {
  min_age?: number | null
  max_age?: number | null
  districts?: string[]
  practices?: string[]
  group?: string | null
}

export interface Evidence {
  query?: string
  revision?: number
  view?: string
  at?: string
  result?: unknown
  observed?: string
}

/** Any record. Which fields stand in it depends on its kind; absent or null means unknown. */
export interface AnyRecord {
  id: string
  kind: Kind
  version: number
  owner?: string | null
  name: string
  description?: string | null
  visibility?: string
  precision?: 'exact' | 'approximate'
  point?: Point | null
  links?: Record<string, string[]>
  sources?: { list: string; key: string }[]
  origins?: Record<string, string>
  assured?: Assured | null
  illustrative?: string[]
  /** Fields that a list gave in words nobody could read: unknown, where silence would have a meaning. */
  unclear?: string[]
  /** Columns of a list that are no field, by heading; all of them for admins, else those in `published`. */
  further?: Record<string, string>
  published?: string[]
  created_at?: string
  updated_at?: string
  type?: string
  status?: string | null
  from?: string | null
  until?: string | null
  address?: string | null
  postcode?: string | null
  phone?: string | null
  email?: string | null
  website?: string | null
  contact_role?: string | null
  hours?: string | null
  accessible?: Accessible | null
  delivery?: string[]
  eligibility?: Eligibility | null
  referral?: string[]
  accepting?: { value: string; at?: string | null } | null
  capacity?: { per_week?: number | null; free?: number | null; waiting_weeks?: number | null } | null
  cost?: Cost | null
  schedule?: string | Recurring | null
  languages?: string[]
  first_visit?: string | null
  someone_can_come_with_you?: boolean | null
  transport_offered?: boolean | null
  checks?: { what: string; at?: string | null; by?: string | null }[]
  side?: 'offered' | 'wanted'
  use?: string | null
  slots?: string | null
  square_metres?: number | null
  seats?: number | null
  what?: string | null
  reason?: string | null
  people?: number | null
  evidence?: Evidence | null
  answer?: string | null
  due?: string | null
  taxonomy?: string
  code?: string
  words?: string[]
  card?: CardPart
}

export interface Named {
  id: string
  name: string
}

/** What a card says of the records around the one it shows. */
export interface CardPart {
  provider?: Named | null
  place?: (Named & {
    address?: string | null
    postcode?: string | null
    hours?: string | null
    accessible?: Accessible | null
    phone?: string | null
  }) | null
  categories?: Named[]
}

export interface Page {
  revision: number
  total: number
  items: AnyRecord[]
  next: string | null
}

export function listRecords(kind: Kind, query: Query = {}, signal?: AbortSignal): Promise<Page> {
  return ask<Page>(PLURALS[kind], { query, ...(signal ? { signal } : {}) })
}

/** A whole list, as far as it is read. */
export interface Everything {
  items: AnyRecord[]
  /** How many more there are. */
  left: number
}

const PAGE = 1000
const MOST_PAGES = 20

/** All that fits, page after page; so many pages that only a list which is no screen's to show has more. */
export async function everyRecord(kind: Kind, query: Query = {}): Promise<Everything> {
  let page = await listRecords(kind, { ...query, limit: PAGE })
  const items = page.items
  for (let pages = 1; page.next && pages < MOST_PAGES; pages++) {
    page = await listRecords(kind, { ...query, limit: PAGE, after: page.next })
    items.push(...page.items)
  }
  return { items, left: page.next ? Math.max(1, page.total - items.length) : 0 }
}

export function readRecord(kind: Kind, id: string): Promise<AnyRecord> {
  return ask<AnyRecord>(`${PLURALS[kind]}/${encodeURIComponent(id)}`, { query: { include: 'card' } })
}

/** Makes a record under an id chosen here: sent twice, it is still there once. */
export function createRecord(kind: Kind, id: string, body: object): Promise<AnyRecord> {
  return ask<AnyRecord>(`${PLURALS[kind]}/${id}`, { method: 'PUT', body, headers: { 'If-None-Match': '*' } })
}

/** Replaces a record that this device made a moment ago and nobody else has touched. */
export function replaceRecord(kind: Kind, id: string, version: number, body: object): Promise<AnyRecord> {
  return ask<AnyRecord>(`${PLURALS[kind]}/${id}`, { method: 'PUT', body, headers: { 'If-Match': `"v${version}"` } })
}
