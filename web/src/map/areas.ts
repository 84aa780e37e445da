// The shaded map of who can get there. Reached and not reached differ in colour and in form: plain against hatched
// where a neighbourhood has a boundary, a full disc against an open ring with a cross where only its point is known.
// What is reached only perhaps is pale, or a ring without a cross; what comes to people or is by phone is dotted, or
// a ring with a dot.
import { LngLatBounds, type ExpressionSpecification as Expression, type GeoJSONSource, type Map as LibreMap } from 'maplibre-gl'
import type { FeatureCollection, Position } from 'geojson'
import { openGround, raiseTowns } from './ground.ts'
import type { AreasMap, Ground } from './types.ts'
import { COLOURS, FONT } from './look.ts'
import { collection } from './points.ts'

const FIT_PADDING = 32

export async function areasMap(box: HTMLElement, ground: Ground, onPoint: (code: string | null) => void): Promise<AreasMap> {
  const map = await openGround(box, ground)
  addLayers(map)
  for (const layer of ['area-fill', 'area-discs']) {
    map.on('mousemove', layer, event => onPoint(String(event.features?.[0]?.properties['code'] ?? '') || null))
    map.on('mouseleave', layer, () => onPoint(null))
  }
  let pointed: string | null = null
  return {
    show(shapes) {
      const heaviest = Math.max(1, ...shapes.features.map(feature => Number(feature.properties?.['weight'] ?? 0)))
      const features = shapes.features.map(feature => ({
        ...feature,
        properties: { ...feature.properties, part: Number(feature.properties?.['weight'] ?? 0) / heaviest },
      }))
      void map.getSource<GeoJSONSource>('areas')?.setData(collection(features))
      fit(map, shapes)
    },
    pointAt(code) {
      if (pointed) map.setFeatureState({ source: 'areas', id: pointed }, { pointed: false })
      pointed = code
      if (code) map.setFeatureState({ source: 'areas', id: code }, { pointed: true })
    },
    close: () => map.remove(),
  }
}

function addLayers(map: LibreMap) {
  const covered: Expression = ['get', 'covered']
  const possible: Expression = ['to-boolean', ['get', 'possible']]
  const without: Expression = ['all', covered, ['to-boolean', ['get', 'by']]]
  const missed: Expression = ['all', ['!', covered], ['!', possible]]
  const pointed: Expression = ['boolean', ['feature-state', 'pointed'], false]
  const isPoint: Expression = ['==', ['geometry-type'], 'Point']
  const isShape: Expression = ['!=', ['geometry-type'], 'Point']
  map.addImage('hatch', hatching(COLOURS.missed), { pixelRatio: 2 })
  map.addImage('dots', dotted(COLOURS.reached), { pixelRatio: 2 })
  map.addSource('areas', { type: 'geojson', data: collection([]), promoteId: 'code' })
  map.addLayer({
    id: 'area-fill',
    type: 'fill',
    source: 'areas',
    filter: isShape,
    paint: { 'fill-color': ['case', missed, COLOURS.paper, without, COLOURS.paper, COLOURS.reached], 'fill-opacity': ['case', covered, 0.7, possible, 0.25, 0.5] },
  })
  map.addLayer({
    id: 'area-hatch',
    type: 'fill',
    source: 'areas',
    filter: ['all', isShape, missed],
    paint: { 'fill-pattern': 'hatch' },
  })
  map.addLayer({
    id: 'area-dots',
    type: 'fill',
    source: 'areas',
    filter: ['all', isShape, without],
    paint: { 'fill-pattern': 'dots' },
  })
  map.addLayer({
    id: 'area-edges',
    type: 'line',
    source: 'areas',
    filter: isShape,
    paint: { 'line-color': ['case', pointed, COLOURS.ink, COLOURS.paper], 'line-width': ['case', pointed, 4, 1] },
  })
  map.addLayer({
    id: 'area-discs',
    type: 'circle',
    source: 'areas',
    filter: isPoint,
    paint: {
      'circle-radius': ['+', 5, ['*', 9, ['sqrt', ['get', 'part']]]],
      'circle-color': ['case', without, COLOURS.paper, covered, COLOURS.reached, COLOURS.paper],
      'circle-opacity': 0.85,
      'circle-stroke-width': ['case', pointed, 5, without, 2.5, covered, 1.5, 2.5],
      'circle-stroke-color': ['case', pointed, COLOURS.ink, without, COLOURS.reached, covered, COLOURS.paper, possible, COLOURS.reached, COLOURS.missed],
    },
  })
  map.addLayer({
    id: 'area-middles',
    type: 'circle',
    source: 'areas',
    filter: ['all', isPoint, without],
    paint: { 'circle-radius': 3, 'circle-color': COLOURS.reached },
  })
  map.addLayer({
    id: 'area-crosses',
    type: 'symbol',
    source: 'areas',
    filter: ['all', isPoint, missed],
    layout: { 'text-field': '×', 'text-font': FONT, 'text-size': 18, 'text-allow-overlap': true, 'text-ignore-placement': true },
    paint: { 'text-color': COLOURS.missed },
  })
  raiseTowns(map)
}

function fit(map: LibreMap, shapes: FeatureCollection) {
  const bounds = new LngLatBounds()
  for (const { geometry } of shapes.features) {
    if ('coordinates' in geometry) for (const [lon, lat] of positions(geometry.coordinates)) bounds.extend([lon!, lat!])
  }
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: FIT_PADDING, duration: 0 })
}

type Nested = Position | Nested[]

function positions(nested: Nested): Position[] {
  return typeof nested[0] === 'number' ? [nested as Position] : (nested as Nested[]).flatMap(positions)
}

function dotted(colour: string): ImageData {
  const size = 16
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d')!
  pen.fillStyle = colour
  pen.arc(size / 2, size / 2, 4, 0, 2 * Math.PI)
  pen.fill()
  return pen.getImageData(0, 0, size, size)
}

/** Slanting lines that meet at the edges of their tile. */
function hatching(colour: string): ImageData {
  const size = 16
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d')!
  pen.strokeStyle = colour
  pen.lineWidth = 3
  pen.beginPath()
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size)
    pen.lineTo(shift + size, 0)
  }
  pen.stroke()
  return pen.getImageData(0, 0, size, size)
}
