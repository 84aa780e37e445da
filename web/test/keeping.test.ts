import { describe, expect, it } from 'vitest'
import { isOurs, keepingOf } from '../worker/keeping.ts'

const HOME = 'https://map.example/'
const BELOW = 'https://map.example/cumbria/'

function opened(path: string, home = HOME) {
  return keepingOf({ method: 'GET', mode: 'navigate', url: new URL(path, home).href }, home)
}

function fetched(path: string, home = HOME, method = 'GET') {
  return keepingOf({ method, mode: 'cors', url: new URL(path, home).href }, home)
}

describe('what is opened in a tab', () => {
  it('is the page at its own address only', () => {
    for (const home of [HOME, BELOW]) {
      for (const path of ['', 'index.html', '?from=mail', '#/gaps']) expect(opened(path, home), path).toBe('page')
    }
  })
  it.each([
    'api/v1/about', 'api/v1/places/01a204c4-2d86-7071-ace9-80e1176156fa', 'api/v1/openapi.json', 'api/v1/categories?limit=1000',
    'api', 'tiles/assets.json', 'tiles/assets/3/4/2.mvt', 'ogc/', 'ogc/api', 'oruk/services', 'healthz', 'readyz', 'metrics',
    'assets/index-1.js', 'service-worker.js', 'icon.svg', 'gaps', 'index.html/', '//map.example/other',
  ])('is never the page elsewhere: %s', path => {
    expect(opened(path)).toBeNull()
    expect(opened(path, BELOW)).toBeNull()
  })
  it('is never the page of another app below the same host', () => {
    expect(keepingOf({ method: 'GET', mode: 'navigate', url: HOME }, BELOW)).toBeNull()
    expect(keepingOf({ method: 'GET', mode: 'navigate', url: BELOW }, HOME)).toBeNull()
  })
})

describe('what the page asks for', () => {
  it('is kept where it is a built file, or a list of the instance as a whole', () => {
    for (const home of [HOME, BELOW]) {
      expect(fetched('assets/index-1.js', home)).toBe('file')
      for (const path of ['about', 'gazetteer?limit=500', 'categories?limit=1000', 'categories?limit=1000&after=x', 'area-sets']) {
        expect(fetched(`api/v1/${path}`, home), path).toBe('list')
      }
    }
  })
  it.each([
    'api/v1/gazetteer?q=cock', 'api/v1/categories?organisation=x', 'api/v1/places', 'api/v1/places/x', 'api/v1/categories/x', 'api/v1/session',
    'api/v1/nearby?near=CA13+9LU', 'api/v1/changes', 'tiles/assets/3/4/2.mvt', 'healthz', 'x/assets/index-1.js', 'api/v1/assets/x', 'icon.svg',
  ])('passes otherwise: %s', path => expect(fetched(path)).toBeNull())
  it('passes where it is written, or asked of somebody else', () => {
    expect(fetched('api/v1/categories', HOME, 'POST')).toBeNull()
    expect(keepingOf({ method: 'GET', mode: 'cors', url: 'https://other.example/assets/a.js' }, HOME)).toBeNull()
  })
})

describe('an answer', () => {
  const answer = (change: object = {}, media = 'text/html; charset=utf-8') =>
    ({ status: 200, redirected: false, type: 'basic', headers: new Headers(media ? { 'Content-Type': media } : {}), ...change }) as Response

  it.each([
    [HOME, 'text/html'],
    [`${BELOW}index.html`, 'text/html;charset=utf-8'],
    [`${HOME}assets/a-1.js`, 'text/javascript'],
    [`${HOME}assets/worker-1.mjs`, 'text/javascript'],
    [`${HOME}assets/a.css`, 'text/css'],
    [`${HOME}assets/land-1.json`, 'application/json'],
    [`${HOME}app.webmanifest`, 'application/manifest+json'],
    [`${BELOW}api/v1/categories?limit=1000`, 'application/json'],
  ])('is ours where it is of the kind that stands there: %s', (url, media) => expect(isOurs(answer({}, media), url)).toBe(true))

  it('is not ours where it is of another kind, redirected, opaque, in part or refused', () => {
    for (const url of [`${HOME}assets/a-1.js`, `${HOME}api/v1/about`, `${HOME}assets/a`, `${HOME}icon.svg`]) expect(isOurs(answer(), url), url).toBe(false)
    expect(isOurs(answer({}, 'application/json'), HOME)).toBe(false)
    expect(isOurs(answer({}, ''), HOME)).toBe(false)
    expect(isOurs(answer({ redirected: true }), HOME)).toBe(false)
    expect(isOurs(answer({ type: 'opaque' }), HOME)).toBe(false)
    for (const status of [206, 304, 401, 404, 503]) expect(isOurs(answer({ status }), HOME), String(status)).toBe(false)
  })
})
