// Everything that fits, when that is more than a list can hold: clusters far out, points close in, as the server
// draws them. What may fit only is hollow, as among the results.
import type { ExpressionSpecification as Expression, Map as LibreMap, MapGeoJSONFeature, VectorTileSource } from 'maplibre-gl'
import type { Pointing } from './types.ts'
import { COLOURS, FONT } from './look.ts'

const DEEPEST = 17
/** Two steps closer, a cluster has come apart. */
const CLOSER = 2
const NAMES_FROM = 15
const LAYERS = ['crowd', 'crowd-numbers', 'crowd-names']

export function addCrowd(map: LibreMap, pointing: Pointing) {
  tellWhenDrawn(map)
  map.on('mousemove', 'crowd', () => (map.getCanvas().style.cursor = 'pointer'))
  map.on('mouseleave', 'crowd', () => (map.getCanvas().style.cursor = ''))
  map.on('click', event => {
    // A result of the list stands above the crowd.
    if (!map.getLayer('crowd') || map.queryRenderedFeatures(event.point, { layers: ['results'] }).length) return
    const feature = map.queryRenderedFeatures(event.point, { layers: ['crowd'] })[0]
    if (feature) choose(map, feature, pointing)
  })
}

/** Whoever measures is told when all tiles of the screen were first drawn. */
function tellWhenDrawn(map: LibreMap) {
  map.on('sourcedata', event => {
    if (event.sourceId !== 'crowd' || !event.isSourceLoaded) return
    map.once('render', () => (map.getContainer().dataset['crowd'] = 'drawn'))
  })
}

export function crowdShown(map: LibreMap, tiles: string | null) {
  if (!tiles) {
    for (const layer of LAYERS) if (map.getLayer(layer)) map.removeLayer(layer)
    if (map.getSource('crowd')) map.removeSource('crowd')
    return
  }
  const source = map.getSource<VectorTileSource>('crowd')
  if (source) source.setTiles([tiles])
  else addLayers(map, tiles)
}

function choose(map: LibreMap, { properties, geometry }: MapGeoJSONFeature, pointing: Pointing) {
  const [lon, lat] = (geometry as GeoJSON.Point).coordinates as [number, number]
  const { id, kind, count } = properties as { id?: string; kind?: string; count?: number }
  if (!id) map.easeTo({ center: [lon, lat], zoom: Math.min(map.getZoom() + CLOSER, DEEPEST) })
  else if (count) pointing.onLookCloser({ lon, lat })
  else pointing.onOpen(String(kind), id)
}

function addLayers(map: LibreMap, tiles: string) {
  const count: Expression = ['coalesce', ['get', 'count'], 1]
  const isMany: Expression = ['>', count, 1]
  const isSure: Expression = ['==', ['get', 'match'], 'sure']
  map.addSource('crowd', { type: 'vector', tiles: [tiles], maxzoom: DEEPEST })
  const shared = { source: 'crowd', 'source-layer': 'assets' }
  map.addLayer(
    {
      id: 'crowd',
      type: 'circle',
      ...shared,
      paint: {
        'circle-radius': ['case', isMany, ['interpolate', ['linear'], ['log10', count], 0, 9, 1, 12, 3, 19, 5, 27], 6],
        'circle-color': ['case', isSure, COLOURS.reached, COLOURS.paper],
        'circle-opacity': ['case', isMany, 0.88, 1],
        'circle-stroke-width': ['case', isSure, 1.5, 2.5],
        'circle-stroke-color': ['case', isSure, COLOURS.paper, COLOURS.reached],
      },
    },
    'results',
  )
  map.addLayer(
    {
      id: 'crowd-numbers',
      type: 'symbol',
      ...shared,
      filter: ['has', 'count'],
      layout: {
        'text-field': short(count),
        'text-font': FONT,
        'text-size': 13,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': ['case', isSure, COLOURS.paper, COLOURS.ink] },
    },
    'results',
  )
  map.addLayer(
    {
      id: 'crowd-names',
      type: 'symbol',
      ...shared,
      minzoom: NAMES_FROM,
      filter: ['all', ['has', 'name'], ['!', ['has', 'count']]],
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 13, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.8 },
      paint: { 'text-color': COLOURS.ink, 'text-halo-color': COLOURS.paper, 'text-halo-width': 1.5 },
    },
    'results',
  )
}

/** 1234 as 1.2k: a circle has no room for more. */
function short(count: Expression): Expression {
  const thousands: Expression = ['/', count, 1000]
  return ['case', ['>=', count, 9_950], ['concat', ['to-string', ['round', thousands]], 'k'], ['>=', count, 1000], ['concat', ['to-string', ['/', ['round', ['*', thousands, 10]], 10]], 'k'], ['to-string', count]]
}
