import { describe, expect, it, vi } from 'vitest'
import { flavour, namesPlaces } from '../src/map/flavour.ts'

vi.stubGlobal('matchMedia', () => ({ matches: false }))

const PROTOMAPS = ['boundaries', 'buildings', 'earth', 'landcover', 'landuse', 'places', 'pois', 'roads', 'water']
const OPENMAPTILES = ['boundary', 'building', 'landcover', 'landuse', 'park', 'place', 'poi', 'transportation', 'transportation_name', 'water', 'water_name', 'waterway']

describe('the flavour of a basemap', () => {
  it('draws land, water, roads and places under the names of both schemas, each layer once', () => {
    for (const layers of [PROTOMAPS, OPENMAPTILES]) {
      const drawn = flavour(layers)
      const sources = new Set(drawn.map(layer => 'source-layer' in layer && layer['source-layer']))
      for (const name of layers.filter(name => !['pois', 'poi'].includes(name))) expect(sources).toContain(name)
      expect(new Set(drawn.map(({ id }) => id)).size).toBe(drawn.length)
      expect(namesPlaces(layers)).toBe(true)
    }
  })
  it('draws what it does not know in outline, and nothing that is not there', () => {
    expect(flavour(['survey_1903'])).toMatchObject([{ type: 'line', 'source-layer': 'survey_1903' }])
    expect(flavour([])).toEqual([])
    expect(namesPlaces(['survey_1903'])).toBe(false)
  })
  it('is black on white in high contrast, in lines', () => {
    vi.stubGlobal('matchMedia', () => ({ matches: true }))
    const road = flavour(['roads']).find(({ type }) => type === 'line')
    expect(road?.paint).toMatchObject({ 'line-color': '#000000' })
    expect(flavour(['earth'])[0]?.paint).toMatchObject({ 'fill-color': '#ffffff' })
    vi.stubGlobal('matchMedia', () => ({ matches: false }))
  })
})
