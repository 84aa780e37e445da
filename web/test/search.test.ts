import { beforeEach, describe, expect, it, vi } from 'vitest'

vi.stubGlobal('document', { baseURI: 'https://map.example/' })
vi.stubGlobal('history', { replaceState: () => {} })
const { effect } = await import('@preact/signals-core')
const { NO_CHOICES, RUN_LIMIT } = await import('../src/state/choices.ts')
const { choices, crowd, runSearch, search } = await import('../src/state/search.ts')

const MANY = Array.from({ length: RUN_LIMIT }, (_, i) => ({ geometry: null, properties: { id: String(i), run: 'sure' } }))

/** Answers the list at once, with what it says there is of it; the count of tiles when it is let. */
function serve({ found = MANY, sure = 60_000, count = 50_000, asked = [] as URL[] }) {
  let tell = () => {}
  const told = new Promise<void>(resolve => (tell = resolve))
  vi.stubGlobal('fetch', async (address: URL) => {
    asked.push(address)
    if (address.pathname.includes('/tiles/')) {
      await told
      return Response.json({ count })
    }
    return Response.json({ revision: 1, near: null, totals: { sure, without_travel: 0, possible: 0, beyond: 0 }, features: found })
  })
  return tell
}

async function searchWithCrowd(where: string) {
  serve({})()
  choices.value = { ...NO_CHOICES, where }
  await runSearch()
  expect(crowd.value?.count).toBe(50_000)
}

describe('the crowd on the map', () => {
  beforeEach(() => searchWithCrowd('Keswick'))

  it('goes with the answer it belongs to, before the next one is counted', async () => {
    const shown: [string | undefined, number | undefined][] = []
    const stop = effect(() => void shown.push([search.value.asked?.where, crowd.value?.count]))
    const tell = serve({ count: 20_000 })
    choices.value = { ...NO_CHOICES, where: 'Penrith' }
    const searching = runSearch()
    await vi.waitFor(() => expect(search.value.asked?.where).toBe('Penrith'))
    expect(crowd.value).toBeNull()
    tell()
    await searching
    stop()
    expect(crowd.value?.count).toBe(20_000)
    expect(shown).not.toContainEqual(['Penrith', 50_000])
  })

  it('is gone where the next answer has none', async () => {
    serve({ found: [], sure: 0 })()
    await runSearch()
    expect(crowd.value).toBeNull()
  })

  it('is not asked about where the list holds all there is, however long it is', async () => {
    const asked: URL[] = []
    serve({ sure: RUN_LIMIT, asked })()
    await runSearch()
    expect([crowd.value, asked.length]).toEqual([null, 1])
  })

  it('is gone where the next question fails', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no signal')))
    await runSearch()
    expect([search.value.phase, search.value.asked, crowd.value]).toEqual(['failed', null, null])
  })

  it('and the answer stay those of the question asked, whatever is typed next', () => {
    choices.value = { ...choices.value, where: '' }
    expect(search.value.asked?.where).toBe('Keswick')
  })
})
