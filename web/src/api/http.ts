// The one place that talks to the server: addresses, JSON, revisions and problems. Everything else asks through here.
import type { Problem as Refusal } from './schema.d.ts'

const ROOT = new URL('api/v1/', document.baseURI)

/** A fault in what was sent, with the field it concerns and a code that never changes. */
export type Problem = Refusal['problems'][number]

/** The server answered, but not with what was asked for. */
export class ServerSaidNo extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly problems: Problem[],
  ) {
    super(title)
  }
}

/** Nothing was reached: no signal, or the server is away for a moment. */
export class NoSignal extends Error {}

export type Query = Record<string, string | number | boolean | string[] | null | undefined>

interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  query?: Query | URLSearchParams
  body?: unknown
  /** Sent as it lies on the disk, never read into memory here. */
  file?: Blob
  /** What takes as long as it takes: reading a list, bringing it in, taking it back. */
  isLong?: boolean
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** An answer that takes longer than this will not come. */
const PATIENCE_MS = 15_000

/** A read after a write names the revision of that write, so that it never answers from before it. */
let revisionOfLastWrite = 0

export async function ask<T>(path: string, request: Ask = {}): Promise<T> {
  const response = await reach(path, request)
  if (!response.ok) throw await refusal(response)
  return (response.status === 204 ? null : await whole(response.text().then(readJson), request.signal)) as T
}

/** What was erased for good is shown as what nobody said. */
export function readJson(text: string): unknown {
  const erased = (value: unknown) => typeof value === 'object' && value !== null && 'redacted' in value
  return JSON.parse(text, (_key, value: unknown) => (erased(value) ? null : value))
}

/** For downloads: the answer as it stands. */
export async function askForFile(path: string, query: Query): Promise<Blob> {
  const response = await reach(path, { query })
  if (!response.ok) throw await refusal(response)
  return whole(response.blob())
}

/** The address of a question, without its host: what is kept as the evidence of an answer. */
export function questionAddress(path: string, query: Query): string {
  const words = searchParams(query).toString()
  return words ? `/api/v1/${path}?${words}` : `/api/v1/${path}`
}

async function reach(path: string, { method = 'GET', query, body, file, isLong, headers, signal }: Ask): Promise<Response> {
  const address = new URL(path, ROOT)
  if (query) address.search = (query instanceof URLSearchParams ? query : searchParams(query)).toString()
  const all: Record<string, string> = { Accept: 'application/json', ...headers }
  if (body !== undefined) all['Content-Type'] = 'application/json'
  if (file) all['Content-Type'] = 'application/octet-stream'
  if (method === 'GET' && revisionOfLastWrite > 0) all['At-Least'] = String(revisionOfLastWrite)
  let response: Response
  try {
    response = await fetch(address, {
      method,
      headers: all,
      body: file ?? (body === undefined ? null : JSON.stringify(body)),
      credentials: 'same-origin',
      signal: AbortSignal.any([...(isLong ? [] : [AbortSignal.timeout(PATIENCE_MS)]), ...(signal ? [signal] : [])]),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new NoSignal('nothing was reached')
  }
  noteRevision(response, method)
  return response
}

/** The body may still break off after its headers came. */
function whole<T>(body: Promise<T>, signal?: AbortSignal): Promise<T> {
  return body.catch((error: unknown) => {
    throw signal?.aborted ? error : new NoSignal('the answer broke off')
  })
}

function noteRevision(response: Response, method: string) {
  const revision = Number(response.headers.get('CG-Revision') ?? 0)
  if (method !== 'GET' && response.ok && revision) revisionOfLastWrite = Math.max(revisionOfLastWrite, revision)
}

function searchParams(query: Query): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    params.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  return params
}

async function refusal(response: Response): Promise<ServerSaidNo | NoSignal> {
  if ([502, 503, 504].includes(response.status)) return new NoSignal('the server is away for a moment')
  const body = (await response.json().catch(() => ({}))) as Partial<Refusal>
  return new ServerSaidNo(response.status, body.detail ?? body.title ?? response.statusText, body.problems ?? [])
}
