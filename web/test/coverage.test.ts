// Who can get there: one question, whose answer is parted into the numbers and what the map draws.
import { beforeEach, describe, expect, it, vi } from 'vitest'

vi.stubGlobal('document', { baseURI: 'https://map.example/' })
const { coverage, coverageAddress } = await import('../src/api/coverage.ts')
const { ServerSaidNo } = await import('../src/api/http.ts')
const { coverageQuery, question } = await import('../src/state/coverage.ts')

/** The addresses asked; each is answered by the next answer. */
function serve(...answers: (object | Error)[]): URL[] {
  const asked: URL[] = []
  vi.stubGlobal('fetch', async (address: URL) => {
    const answer = answers[asked.push(address) - 1]
    if (!answer || answer instanceof Error) throw answer ?? new Error('not to be asked')
    return answer instanceof Response ? answer : Response.json(answer)
  })
  return asked
}

describe('who can get there', () => {
  const query = coverageQuery({ ...question.value, category: 'c1', by: 'quintile:need', selfReferral: true }, 'lsoa21')
  const area = { id: 'a', code: 'E1', name: 'One', weight: 10, nearest_m: 5, covered: true, possible: true, by: null }
  const point = { type: 'Point', coordinates: [-3, 54] }
  const sums = { revision: 7, view: 'public', reach: { within_m: 5, rule: 'straight_line' }, areas: 'lsoa21', weight: 'population', total: { weight: 20 }, groups: [], ignored: [] }
  const shapes = {
    type: 'FeatureCollection',
    ...sums,
    features: [
      { type: 'Feature', geometry: point, properties: area },
      { type: 'Feature', geometry: null, properties: { ...area, code: 'E2' } },
    ],
  }
  let asked: URL[]
  beforeEach(() => (asked = serve(shapes)))

  it('is kept as evidence in an address that the server understands, without what was not chosen', () => {
    expect(coverageAddress(query)).toBe('/api/v1/coverage?kind=service&category=c1&within=2mi&areas=lsoa21&weight=population&by=quintile%3Aneed&referral=self')
    expect(coverageAddress(coverageQuery({ ...question.value, type: 'library' }, 'lsoa21'))).toBe('/api/v1/coverage?kind=place&type=library&within=2mi&areas=lsoa21&weight=population')
  })

  it('is asked once: the shapes hold the numbers, too', async () => {
    const { result } = await coverage(query)
    expect(asked.map(({ searchParams }) => [searchParams.get('format'), searchParams.get('include')])).toEqual([['geojson', 'per_area']])
    expect(result).toEqual({ ...sums, per_area: [area, { ...area, code: 'E2' }] })
  })

  it('draws what has a position, and loses nothing else', async () => {
    const { result, shapes: drawn } = await coverage(query)
    expect(drawn).toEqual({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry: point, properties: area }] })
    expect(result.per_area.length).toBe(2)
  })

  it('has its numbers where the shapes are too much for the line', async () => {
    asked = serve(new TypeError('broke off'), { ...sums, per_area: [area] })
    expect(await coverage(query)).toEqual({ result: { ...sums, per_area: [area] }, shapes: null })
    expect(asked.map(({ searchParams }) => searchParams.get('format'))).toEqual(['geojson', 'json'])
  })

  it('is not asked again where the question was refused', async () => {
    asked = serve(Response.json({ title: 'no' }, { status: 422 }))
    await expect(coverage(query)).rejects.toBeInstanceOf(ServerSaidNo)
    expect(asked.length).toBe(1)
  })
})
