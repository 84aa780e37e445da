// What may be kept on a device, decided by address and by what came back, never by how it was asked for: whatever else
// is opened in a tab, or answered to somebody who is signed in, goes past. Pure.

export type Keeping =
  /** The page itself: kept when it is installed, never replaced by what a tab opened. */
  | 'page'
  /** A file named by its content: kept once, used for ever. */
  | 'file'
  /** A list of the instance's own words and places: kept as the public is told it. */
  | 'list'

export interface Asked {
  method: string
  mode: string
  url: string
}

const LISTS = ['about', 'gazetteer', 'categories', 'area-sets'].map(name => `api/v1/${name}`)
/** Words by which a list comes in pages; any other is somebody's question. */
const PAGING = ['limit', 'after']

const MEDIA: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
}

/** How a question is to be treated; null: it passes through. `home` is the address the app stands at. */
export function keepingOf({ method, mode, url }: Asked, home: string): Keeping | null {
  const address = new URL(url)
  const root = new URL('./', home)
  if (method !== 'GET' || address.origin !== root.origin || !address.pathname.startsWith(root.pathname)) return null
  const path = address.pathname.slice(root.pathname.length)
  if (mode === 'navigate') return path === '' || path === 'index.html' ? 'page' : null
  if (path.startsWith('assets/')) return 'file'
  return LISTS.includes(path) && [...address.searchParams.keys()].every(word => PAGING.includes(word)) ? 'list' : null
}

/** Whether an answer is what stands at this address here: not a refusal, nor a page of somebody between. */
export function isOurs({ status, redirected, type, headers }: Pick<Response, 'status' | 'redirected' | 'type' | 'headers'>, url: string): boolean {
  const media = headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  return status === 200 && !redirected && type === 'basic' && media === mediaOf(new URL(url).pathname)
}

function mediaOf(path: string): string | undefined {
  if (path.includes('/api/')) return MEDIA['json']
  return MEDIA[/\.([a-z]+)$/.exec(path)?.[1] ?? (path.endsWith('/') ? 'html' : '')]
}
