// The map beside the list of results. A marker carries the numbers of the list; what must be rung first is hollow,
// so that the difference does not hang on colour. Pointing at one side points at the other.
import { LngLatBounds, type ExpressionSpecification as Expression, type Map as LibreMap } from 'maplibre-gl'
import type { Point } from '../state/record.ts'
import { openGround } from './ground.ts'
import type { Ground, Marker, Pointing, ResultsMap } from './types.ts'
import { COLOURS, FONT } from './look.ts'
import { addCrowd, crowdShown } from './crowd.ts'
import { collection, pointFeature, setPoints } from './points.ts'

const CLOSEST_ZOOM = 13
/** The map opens on the nearest; the far ones would make it a map of everywhere. */
const FIT_NEAREST = 6
const FIT_PADDING = 56

export async function resultsMap(box: HTMLElement, ground: Ground, pointing: Pointing): Promise<ResultsMap> {
  const map = await openGround(box, ground)
  addLayers(map)
  listen(map, pointing)
  addCrowd(map, pointing)
  let markers: Marker[] = []
  let pointedAt: number[] = []

  return {
    show(next, home) {
      markers = next
      pointedAt = []
      map.removeFeatureState({ source: 'results' })
      setPoints(map, 'results', markers.map(markerFeature))
      setPoints(map, 'home', home ? [pointFeature(home, {})] : [])
      fit(map, markers, home)
    },
    showCrowd: tiles => crowdShown(map, tiles),
    pointAt(ids) {
      for (const index of pointedAt) map.setFeatureState({ source: 'results', id: index }, { pointed: false })
      pointedAt = markers.flatMap((marker, index) => (marker.ids.some(id => ids.includes(id)) ? [index] : []))
      for (const index of pointedAt) map.setFeatureState({ source: 'results', id: index }, { pointed: true })
      const first = markers[pointedAt[0] ?? -1]
      if (first && !map.getBounds().contains([first.point.lon, first.point.lat])) {
        map.easeTo({ center: [first.point.lon, first.point.lat] })
      }
    },
    middle() {
      const { lng, lat } = map.getCenter()
      return { lon: lng, lat }
    },
    close: () => map.remove(),
  }
}

function addLayers(map: LibreMap) {
  const pointed: Expression = ['boolean', ['feature-state', 'pointed'], false]
  const isSure: Expression = ['==', ['get', 'run'], 'sure']
  map.addSource('home', { type: 'geojson', data: collection([]) })
  map.addSource('results', { type: 'geojson', data: collection([]) })
  map.addLayer({
    id: 'home',
    type: 'circle',
    source: 'home',
    paint: { 'circle-radius': 7, 'circle-color': COLOURS.ink, 'circle-stroke-width': 5, 'circle-stroke-color': 'rgba(255,255,255,0.9)' },
  })
  map.addLayer({
    id: 'results',
    type: 'circle',
    source: 'results',
    layout: { 'circle-sort-key': ['-', 0, ['get', 'order']] },
    paint: {
      'circle-radius': ['case', pointed, 20, 15],
      'circle-color': ['case', pointed, COLOURS.shine, isSure, COLOURS.ink, COLOURS.paper],
      'circle-stroke-width': ['case', isSure, 2, 3],
      'circle-stroke-color': ['case', pointed, COLOURS.ink, isSure, COLOURS.paper, COLOURS.ink],
    },
  })
  map.addLayer({
    id: 'numbers',
    type: 'symbol',
    source: 'results',
    layout: {
      'text-field': ['get', 'label'],
      'text-font': FONT,
      'text-size': 14,
      'text-padding': 7,
      'symbol-sort-key': ['get', 'order'],
    },
    paint: { 'text-color': ['case', pointed, COLOURS.ink, isSure, COLOURS.paper, COLOURS.ink] },
  })
}

function listen(map: LibreMap, pointing: Pointing) {
  const idsAt = (features: { properties: Record<string, unknown> }[] | undefined) =>
    (JSON.parse(String(features?.[0]?.properties['ids'] ?? '[]')) as string[]) ?? []
  map.on('mousemove', 'results', event => {
    map.getCanvas().style.cursor = 'pointer'
    pointing.onPoint(idsAt(event.features))
  })
  map.on('mouseleave', 'results', () => {
    map.getCanvas().style.cursor = ''
    pointing.onPoint([])
  })
  map.on('click', 'results', event => pointing.onChoose(idsAt(event.features)))
}

function fit(map: LibreMap, markers: Marker[], home: Point | null) {
  const sure = markers.filter(marker => marker.run === 'sure')
  const shown = [...(sure.length ? sure : markers).slice(0, FIT_NEAREST).map(marker => marker.point), ...(home ? [home] : [])]
  if (!shown.length) return
  const bounds = new LngLatBounds()
  for (const { lon, lat } of shown) bounds.extend([lon, lat])
  map.fitBounds(bounds, { padding: FIT_PADDING, maxZoom: CLOSEST_ZOOM, duration: 400 })
}

function markerFeature(marker: Marker, order: number): GeoJSON.Feature {
  const { ids, label, run } = marker
  return { ...pointFeature(marker.point, { ids: JSON.stringify(ids), label, run, order }), id: order }
}
