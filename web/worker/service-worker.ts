// Opens the app with no signal. The shell (page, code, styles) is kept whole when it is installed; the big map files
// when they are first used; the instance's own words and towns as the public is told them. Nothing that is written and
// nothing that is searched passes through here. The files and the version are filled in when the app is built.
import { isOurs, keepingOf } from './keeping.ts'

declare const self: ServiceWorkerGlobalScope
declare const FILES: string[]
declare const VERSION: string

/** Several apps may stand below one host, and a host has one store. */
const OURS = `common-ground ${new URL(self.registration.scope).pathname} `
const SHELL = `${OURS}shell ${VERSION}`
const LISTS = `${OURS}lists`
const PAGE = new URL('./', self.location.href).href

self.addEventListener('install', event => event.waitUntil(keepShell().then(() => self.skipWaiting())))

self.addEventListener('activate', event => event.waitUntil(dropOthers().then(() => self.clients.claim())))

self.addEventListener('fetch', event => {
  const { request } = event
  switch (keepingOf(request, PAGE)) {
    case 'page':
      return event.respondWith(freshOr(request, SHELL, PAGE))
    case 'file':
      return event.respondWith(keptOr(request))
    case 'list':
      event.respondWith(freshOr(request, LISTS, request.url))
      return event.waitUntil(keepForAnybody(request.url))
    case null:
  }
})

/** All of it or none of it: a page without its code opens nothing. */
async function keepShell() {
  const cache = await caches.open(SHELL)
  await Promise.all(
    FILES.map(async file => {
      const url = new URL(file, PAGE).href
      const answer = await fetch(url, { cache: 'no-cache' })
      if (!isOurs(answer, url)) throw new Error(`${file} is not to be had`)
      await cache.put(url, answer)
    }),
  )
}

/** From the network where there is one; else as it was kept. */
async function freshOr(request: Request, cacheName: string, url: string): Promise<Response> {
  try {
    return await fetch(request)
  } catch (noSignal) {
    const kept = await (await caches.open(cacheName)).match(url, { ignoreVary: true })
    if (kept) return kept
    throw noSignal
  }
}

async function keptOr(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL)
  const kept = await cache.match(request.url, { ignoreVary: true })
  if (kept) return kept
  const answer = await fetch(request)
  if (isOurs(answer, request.url)) await cache.put(request.url, answer.clone())
  return answer
}

/** Asked again as nobody: what somebody who is signed in was told is not there to be kept. */
async function keepForAnybody(url: string) {
  const answer = await fetch(url, { credentials: 'omit' }).catch(() => null)
  if (answer && isOurs(answer, url)) await (await caches.open(LISTS)).put(url, answer)
}

/** Older shells; and what earlier versions kept under these names, which may be what only one person was told. */
async function dropOthers() {
  const isOld = (name: string) => (name.startsWith(OURS) ? name !== SHELL && name !== LISTS : /^(shell-|last-read$)/.test(name))
  await Promise.all((await caches.keys()).filter(isOld).map(name => caches.delete(name)))
}
