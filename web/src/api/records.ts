// How records are read and written. Their shapes are the server's own description (`npm run api` makes the types).
import { ask } from './http.ts'
import type { Area, Card, Category, Gap, Organisation, Place, Point, Resource, Service } from './schema.d.ts'
import type { WordsOf } from './words.ts'

/** Each kind's record, as the server describes it. */
interface Records {
  organisation: Organisation
  place: Place
  service: Service
  resource: Resource
  area: Area
  gap: Gap
  category: Category
}

export type Kind = keyof Records

export const PLURALS: Record<Kind, string> = {
  organisation: 'organisations',
  place: 'places',
  service: 'services',
  resource: 'resources',
  area: 'areas',
  gap: 'gaps',
  category: 'categories',
}

export type { Card, Point }
export type Assured = NonNullable<Service['assured']>
export type Accessible = NonNullable<Place['accessible']>
export type Cost = NonNullable<Service['cost']>
export type Eligibility = NonNullable<Service['eligibility']>
export type Evidence = NonNullable<Gap['evidence']>
export type Recurring = Exclude<NonNullable<Service['schedule']>, string>

type FieldOf<Union> = Union extends unknown ? keyof Union : never
type ValueOf<Union, Field extends PropertyKey> = Union extends unknown ? (Field extends keyof Union ? Union[Field] : never) : never
/** One of several, before it is known which: what all have, and what only some have as what may be there. */
export type Merged<Union> = Pick<Union, keyof Union> & { [Field in Exclude<FieldOf<Union>, keyof Union>]?: ValueOf<Union, Field> | undefined }

/** What a record may be to another: its provider, one of its places. */
export type Role = FieldOf<Records[Kind]['links']>

/** Any record. Which fields stand in it depends on its kind; absent or null means unknown. A name is always there. */
export type AnyRecord = Omit<Merged<Records[Kind]>, 'links' | 'name'> & { name: string; links: Partial<Record<Role, string[]>> }

export interface Page {
  revision: number
  total: number
  items: AnyRecord[]
  next: string | null
}

/** Every kind's list takes the same words. */
type ListWords = Omit<WordsOf<'/api/v1/services'>, 'format'>

export function listRecords(kind: Kind, query: ListWords = {}, signal?: AbortSignal): Promise<Page> {
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
export async function everyRecord(kind: Kind, query: Omit<ListWords, 'limit' | 'after'> = {}): Promise<Everything> {
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
