import { describe, expect, it, vi } from 'vitest'

vi.stubGlobal('document', { baseURI: 'https://map.example/' })
const { everyRecord } = await import('../src/api/records.ts')
const { gaps, loadGaps } = await import('../src/state/gaps.ts')
const { openCard, openRecord } = await import('../src/state/record.ts')
const { likeliest } = await import('../src/state/look-up.ts')
const reference = await import('../src/state/reference.ts')

/** A server that holds so many of everything, and gives at most as many as it is asked for. */
function serve(total: number, asked: URL[] = []) {
  vi.stubGlobal('fetch', async (address: URL) => {
    asked.push(address)
    const words = address.searchParams
    const one = /\/(organisation|place)s\//.exec(address.pathname)
    if (one) return json({ id: 'one', kind: one[1], name: 'One' })
    const start = words.has('after') ? Number(words.get('after')) + 1 : 0
    const end = Math.min(total, start + Number(words.get('limit')))
    const items = Array.from({ length: end - start }, (_, i) => ({ id: String(start + i), name: `No ${start + i}` }))
    return json({ revision: 1, total, items, next: end < total ? String(end - 1) : null })
  })
  return asked
}

function json(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })
}

describe('a list', () => {
  it('is read to its end, the newest included, with its words on every page', async () => {
    const asked = serve(2_345)
    const { items, left } = await everyRecord('gap', { organisation: 'x' })
    expect([items.length, items.at(-1)?.id, left]).toEqual([2_345, '2344', 0])
    expect(new Set(items.map(({ id }) => id)).size).toBe(2_345)
    expect(asked.map(({ searchParams }) => [searchParams.get('organisation'), searchParams.get('after')])).toEqual([['x', null], ['x', '999'], ['x', '1999']])
  })

  it('that is no screen’s to show is left off, and how many are is known', async () => {
    const asked = serve(20_001)
    const { items, left } = await everyRecord('gap')
    expect([asked.length, items.length, left]).toEqual([20, 20_000, 1])
  })

  it('ends where it ends: one page, no page, exactly full pages', async () => {
    for (const [total, pages] of [[0, 1], [1, 1], [1_000, 1], [2_000, 2]] as const) {
      const asked = serve(total)
      expect(await everyRecord('service')).toMatchObject({ items: { length: total }, left: 0 })
      expect(asked.length).toBe(pages)
    }
  })

  it('of gaps, of what an organisation runs and of categories is whole on its screen', async () => {
    serve(1_201)
    await loadGaps()
    expect([gaps.value.items?.length, gaps.value.left]).toEqual([1_201, 0])
    await openCard('organisation', 'one')
    expect([openRecord.value?.around.services.items.length, openRecord.value?.around.services.left]).toEqual([1_201, 0])
    await reference.loadReference()
    expect([reference.categories.value.length, reference.categoriesLeft.value]).toEqual([1_201, 0])
  })
})

describe('what is on at a place', () => {
  it('is asked for by the place, not by where it is, and read to its end', async () => {
    const asked = serve(1_201)
    await openCard('place', 'one')
    expect([openRecord.value?.around.services.items.length, openRecord.value?.around.services.left]).toEqual([1_201, 0])
    const lists = asked.filter(({ pathname }) => pathname === '/api/v1/services')
    expect(lists.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      { place: 'one', limit: '1000' },
      { place: 'one', limit: '1000', after: '999' },
    ])
  })

  it('is said to be more where it is more than a screen shows', async () => {
    serve(20_003)
    await openCard('place', 'one')
    expect(openRecord.value?.around.services.left).toBe(3)
  })
})

describe('a name that is typed', () => {
  it('is offered before others that only hold it, however new it is', () => {
    const items = ['A lunch club', 'The lunch', 'Lunch club', 'Lunch'].map(name => ({ name }))
    expect(likeliest(items, 'lunch').map(({ name }) => name)).toEqual(['Lunch', 'Lunch club', 'A lunch club', 'The lunch'])
  })
})

describe('towns', () => {
  const town = (name: string, lon: number) => ({ name, county: '', lon, lat: 54, size: 4 })

  it('that are not kept here are asked for by name, and a postcode never is', async () => {
    reference.towns.value = Array.from({ length: 500 }, (_, i) => town(`Town ${i}`, i))
    const asked: string[] = []
    vi.stubGlobal('fetch', async (address: URL) => (asked.push(address.search), json({ items: [town('Town 1', 1), town('Boot', 900)] })))
    expect((await reference.townsFound('boo', 6)).map(({ name }) => name)).toEqual(['Boot'])
    expect([reference.towns.value.length, asked]).toEqual([501, ['?q=boo&limit=20']])
    for (const typed of ['CA13 9LU', 'ca1', 'b']) await reference.townsFound(typed, 6)
    expect(asked.length).toBe(1)
  })

  it('are not asked for where all of them are kept', async () => {
    reference.towns.value = [town('Keswick', 1)]
    vi.stubGlobal('fetch', () => expect.unreachable())
    expect((await reference.townsFound('kes', 6)).map(({ name }) => name)).toEqual(['Keswick'])
  })
})
