// Lists that others keep: what becomes of each column, what bringing one in would do, doing it, and taking it back.
// The file itself is the body of each question; it is never read into the page.
import { ask } from './http.ts'
import type { Explained, Imported, Published, RowProblem, Undone } from './schema.d.ts'

/** How a list is to be read, in the words of `POST /imports`. */
export interface ListWords {
  kind: string
  /** The file's name, by which the server knows GeoJSON. */
  file: string
  list: string
  origin: string
  area_set?: string
  key?: string
  no_header?: boolean
  /** Field and column number, from 1. */
  map: [field: string, column: number][]
  /** Field and its value for every row. */
  set: [field: string, value: string][]
}

export type { Explained, Imported, RowProblem, Undone }
export type ListColumn = Explained['columns'][number]
/** What taking back left as it is. */
export type Kept = Undone['kept'][number]

export function explainList(words: ListWords, file: Blob, signal: AbortSignal): Promise<Explained> {
  return ask<Explained>('imports', { ...asked(words, { explain: 'true' }), file, signal })
}

export function tryList(words: ListWords, file: Blob, signal: AbortSignal): Promise<Imported> {
  return ask<Imported>('imports', { ...asked(words, { dry_run: 'true' }), file, signal })
}

export function bringListIn(words: ListWords, file: Blob): Promise<Imported> {
  return ask<Imported>('imports', { ...asked(words, {}), file })
}

export function undoBatch(batch: string): Promise<Undone> {
  return ask<Undone>('undo', { method: 'POST', body: { batch }, isLong: true })
}

/** Shows a column that was kept for admins to everybody, or hides it again; answers on how many records. */
export function publishColumn(list: string, column: string, withdraw: boolean): Promise<Published> {
  return ask<Published>('publish', { method: 'POST', body: { list, column, withdraw }, isLong: true })
}

function asked({ map, set, no_header, ...words }: ListWords, how: Record<string, string>) {
  const query = new URLSearchParams(how)
  for (const [name, value] of Object.entries(words)) if (value) query.set(name, value)
  if (no_header) query.set('no_header', 'true')
  if (map.length) query.set('map', map.map(([field, column]) => `${field}=${column}`).join(','))
  for (const [field, value] of set) query.append('set', `${field}=${value}`)
  return { method: 'POST', query, isLong: true } as const
}
