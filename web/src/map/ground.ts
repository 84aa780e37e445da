// The ground every map stands on: sea, land, coast and towns from this server, or the basemap that the operator chose.
// The one place that makes a MapLibre map, so that its habits (keyboard, printing, less motion, no request to anybody
// but this server and, where the operator chose a style, its host) are the same everywhere.
import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as LibreMap, NavigationControl, ScaleControl, setWorkerUrl, type SourceSpecification, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { flavour, namesPlaces } from './flavour.ts'
import landUrl from './generated/land.json?url'
import type { Ground } from './types.ts'
import { COLOURS, FONT, isHighContrast } from './look.ts'

setWorkerUrl(new URL(workerUrl, document.baseURI).href)

const BRITISH_ISLES: [number, number, number, number] = [-8.2, 49.9, 1.8, 58.7]
const PADDING = 24
/** Pictures of map tiles have this side unless somebody says otherwise, and PMTiles has no word for it. */
const RASTER_TILE = 256

export async function openGround(box: HTMLElement, ground: Ground): Promise<LibreMap> {
  const map = new LibreMap({
    container: box,
    style: await groundStyle(ground),
    bounds: ground.bounds ?? BRITISH_ISLES,
    fitBoundsOptions: { padding: PADDING },
    maxZoom: 17,
    // Whose data is shown stands in the footer; of somebody else's style only the style itself can tell.
    attributionControl: ground.base.kind === 'style' ? { compact: true } : false,
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

/** Whoever waits for the map (a test, a print) waits for this, never for a time; and is told what it shows. */
function tellWhenIdle(map: LibreMap, box: HTMLElement) {
  map.on('idle', () => {
    const { lng, lat } = map.getCenter()
    Object.assign(box.dataset, { map: 'idle', zoom: map.getZoom().toFixed(3), middle: `${lng.toFixed(6)},${lat.toFixed(6)}` })
  })
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

/** The names of towns stand above what a map draws on its ground, where the ground has such names of ours. */
export function raiseTowns(map: LibreMap) {
  if (map.getLayer('towns')) map.moveLayer('towns')
}

async function groundStyle(ground: Ground): Promise<StyleSpecification> {
  const { base } = ground
  const theirs = base.kind === 'style' ? await foreignStyle(base.url) : null
  if (theirs) return theirs
  const style = coastStyle(ground)
  return base.kind === 'tiles' ? onTiles(style, base) : style
}

/** Somebody else's style, with text drawn here from fonts of the device: their fonts need not be asked for, and our
 * own labels are drawn in the same way. Null where it can't be had: then the coast must do. */
async function foreignStyle(url: string): Promise<StyleSpecification | null> {
  const answer = await fetch(url, { credentials: 'omit' }).catch(() => null)
  if (!answer?.ok) return null
  const { glyphs: _glyphs, ...style } = (await answer.json()) as StyleSpecification
  return style
}

/** Tiles of this server above the coast. Their address is put together as text: a URL would not keep its braces. */
function onTiles(style: StyleSpecification, base: Extract<Ground['base'], { kind: 'tiles' }>): StyleSpecification {
  const shared = { tiles: [new URL('.', document.baseURI).href + base.tiles], minzoom: base.min_zoom, maxzoom: base.max_zoom, bounds: base.bounds }
  if (base.form === 'raster') {
    const source: SourceSpecification = { type: 'raster', tileSize: RASTER_TILE, ...shared }
    const layers = [...style.layers.filter(({ id }) => !isTown(id)), { id: 'base', type: 'raster' as const, source: 'base' }]
    return { ...style, sources: { ...style.sources, base: source }, layers }
  }
  const towns = style.layers.filter(({ id }) => isTown(id))
  const coast = style.layers.filter(({ id }) => !isTown(id))
  const layers = [...coast, ...flavour(base.layers), ...(namesPlaces(base.layers) ? [] : towns)]
  return { ...style, sources: { ...style.sources, base: { type: 'vector', ...shared } }, layers }
}

function isTown(id: string): boolean {
  return id.startsWith('town')
}

function coastStyle(ground: Ground): StyleSpecification {
  const strong = isHighContrast()
  const ink = strong ? '#000000' : COLOURS.town
  const land = strong ? '#ffffff' : COLOURS.land
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: new URL(landUrl, document.baseURI).href, tolerance: 0.2 },
      towns: { type: 'geojson', data: townPoints(ground) },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': strong ? '#d0d0d0' : COLOURS.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': strong ? '#000000' : COLOURS.coast, 'line-width': strong ? 2 : 1.2 } },
      {
        id: 'town-dots',
        type: 'circle',
        source: 'towns',
        paint: { 'circle-radius': 2.5, 'circle-color': ink, 'circle-opacity': strong ? 1 : 0.55 },
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
        paint: { 'text-color': ink, 'text-halo-color': land, 'text-halo-width': strong ? 2.5 : 1.5 },
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
