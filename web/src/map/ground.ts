// The ground every map stands on: sea, land, coast and towns, all from this server. The one place that makes a
// MapLibre map, so that its habits (keyboard, printing, less motion, no outside request) are the same everywhere.
import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as LibreMap, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import landUrl from './generated/land.json?url'
import type { Ground } from './index.ts'

setWorkerUrl(new URL(workerUrl, document.baseURI).href)

const BRITISH_ISLES: [number, number, number, number] = [-8.2, 49.9, 1.8, 58.7]
const PADDING = 24

/** Drawn in the browser from a font of the device, so no font is fetched. */
export const FONT = ['Arial', 'sans-serif']

export const COLOURS = {
  sea: '#dfe9ec',
  land: '#f8f6f0',
  coast: '#8fa7a8',
  town: '#4a5a5c',
  ink: '#143f3c',
  paper: '#ffffff',
  shine: '#ffd75e',
  reached: '#2b7a70',
  missed: '#a8441b',
}

export function openGround(box: HTMLElement, ground: Ground): Promise<LibreMap> {
  const map = new LibreMap({
    container: box,
    style: groundStyle(ground),
    bounds: ground.bounds ?? BRITISH_ISLES,
    fitBoundsOptions: { padding: PADDING },
    maxZoom: 17,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: false,
    fadeDuration: 0,
    locale: { 'Map.Title': ground.label },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new ScaleControl({ unit: 'imperial' }), 'bottom-left')
  tellWhenIdle(map, box)
  printAsImage(map, box)
  return new Promise(resolve => map.once('load', () => resolve(map)))
}

/** Whoever waits for the map (a test, a print) waits for this, never for a time. */
function tellWhenIdle(map: LibreMap, box: HTMLElement) {
  map.on('idle', () => (box.dataset['map'] = 'idle'))
  for (const event of ['movestart', 'dataloading'] as const) map.on(event, () => (box.dataset['map'] = 'busy'))
}

/** A printer does not get the canvas; it gets a picture of it. */
function printAsImage(map: LibreMap, box: HTMLElement) {
  const picture = document.createElement('img')
  picture.className = 'map-print'
  picture.alt = ''
  const draw = () => {
    map.redraw()
    picture.src = map.getCanvas().toDataURL('image/png')
    box.after(picture)
  }
  const tidy = () => picture.remove()
  addEventListener('beforeprint', draw)
  addEventListener('afterprint', tidy)
  map.once('remove', () => {
    removeEventListener('beforeprint', draw)
    removeEventListener('afterprint', tidy)
  })
}

function groundStyle(ground: Ground): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: new URL(landUrl, document.baseURI).href, tolerance: 0.2 },
      towns: { type: 'geojson', data: townPoints(ground) },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': COLOURS.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': COLOURS.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': COLOURS.coast, 'line-width': 1.2 } },
      {
        id: 'town-dots',
        type: 'circle',
        source: 'towns',
        paint: { 'circle-radius': 2.5, 'circle-color': COLOURS.town, 'circle-opacity': 0.55 },
      },
      {
        id: 'towns',
        type: 'symbol',
        source: 'towns',
        layout: {
          'text-field': ['get', 'name'],
          'text-font': FONT,
          'text-size': ['match', ['get', 'size'], 1, 16, 2, 14, 3, 13, 12],
          'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
          'text-radial-offset': 0.6,
          'symbol-sort-key': ['get', 'size'],
        },
        paint: { 'text-color': COLOURS.town, 'text-halo-color': COLOURS.land, 'text-halo-width': 1.5 },
      },
    ],
  }
}

function townPoints(ground: Ground): GeoJSON.FeatureCollection {
  const features = ground.towns.map(({ name, lon, lat, size }) => ({
    type: 'Feature' as const,
    properties: { name, size },
    geometry: { type: 'Point' as const, coordinates: [lon, lat] },
  }))
  return { type: 'FeatureCollection', features }
}
