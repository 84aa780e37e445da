// Opens the app with no signal. The shell (page, code, styles) is kept whole when it is installed; the big map files
// when they are first used; the instance's own words and towns as they were last read. Nothing that is written and
// nothing that is searched passes through here. The files and the version are filled in when the app is built.

const SHELL = 'shell-__VERSION__'
const LAST_READ = 'last-read'
const FILES = __FILES__
const READ_AGAIN = ['about', 'gazetteer', 'categories', 'area-sets'].map(name => new URL(`api/v1/${name}`, self.location).pathname)

self.addEventListener('install', event => {
  event.waitUntil(caches.open(SHELL).then(cache => cache.addAll(FILES)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', event => {
  event.waitUntil(dropOldShells().then(() => self.clients.claim()))
})

self.addEventListener('fetch', event => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(freshOr(request, SHELL, './'))
  else if (address.pathname.includes('/assets/')) event.respondWith(keptOr(request))
  else if (READ_AGAIN.includes(address.pathname) && !address.searchParams.get('q')) event.respondWith(freshOr(request, LAST_READ, request))
})

/** From the network where there is one; else as it was last time. */
async function freshOr(request, cacheName, key) {
  const cache = await caches.open(cacheName)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(key, answer.clone())
    return answer
  } catch (noSignal) {
    const kept = await cache.match(key, { ignoreVary: true })
    if (kept) return kept
    throw noSignal
  }
}

/** Files named by their content never change: kept once, used for ever. */
async function keptOr(request) {
  const kept = await caches.match(request, { ignoreVary: true })
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone())
  return answer
}

async function dropOldShells() {
  const names = await caches.keys()
  await Promise.all(names.filter(name => name.startsWith('shell-') && name !== SHELL).map(name => caches.delete(name)))
}
