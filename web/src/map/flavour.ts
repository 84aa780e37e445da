// How a basemap of tiles is drawn: a quiet flavour of our own that knows the layers of Protomaps and of OpenMapTiles,
// and draws what it does not know in outline. In high contrast it is black on white, in lines rather than in tints.
import type { ExpressionSpecification, FillLayerSpecification, LayerSpecification, LineLayerSpecification, SymbolLayerSpecification } from 'maplibre-gl'
import { COLOURS, FONT, isHighContrast } from './look.ts'

type Drawn<Layer extends LayerSpecification> = Omit<Layer, 'id' | 'source' | 'source-layer'>

/** A part of the picture, and the names that schemas give it. */
type Part = { names: string[] } & (Drawn<FillLayerSpecification> | Drawn<LineLayerSpecification> | Drawn<SymbolLayerSpecification>)

const NAMED: ExpressionSpecification = ['coalesce', ['get', 'name:en'], ['get', 'name']]
/** What Protomaps calls `kind`, OpenMapTiles calls `class`. */
const SORT: ExpressionSpecification = ['coalesce', ['get', 'kind'], ['get', 'class'], '']
const WIDE = ['highway', 'major_road', 'motorway', 'trunk', 'primary', 'secondary']
const WATERS = ['ocean', 'sea', 'lake', 'river']

export const KNOWN_LAYERS = ['earth', 'land', 'landcover', 'landuse', 'park', 'water', 'waterway', 'roads', 'transportation', 'transportation_name', 'buildings', 'building', 'boundaries', 'boundary', 'places', 'place', 'pois', 'poi', 'water_name', 'physical_line', 'physical_point', 'transit', 'mountain_peak', 'housenumber', 'aeroway', 'aerodrome_label']

/** Whether the basemap names its towns itself. */
export function namesPlaces(layers: string[]): boolean {
  return layers.some(name => ['places', 'place'].includes(name))
}

/** Layers of a style for the layers that a basemap has. */
export function flavour(layers: string[]): LayerSpecification[] {
  const known = parts().flatMap(part => part.names.filter(name => layers.includes(name)).map(name => layerOf(part, name)))
  const unknown = layers.filter(name => !KNOWN_LAYERS.includes(name)).map(name => layerOf(outline(), name))
  return [...known, ...unknown]
}

function layerOf({ names: _names, ...part }: Part, name: string): LayerSpecification {
  const id = `base-${name}-${part.type}${part.filter ? '-some' : ''}`
  return { id, source: 'base', 'source-layer': name, ...part }
}

function parts(): Part[] {
  const strong = isHighContrast()
  const ink = strong ? '#000000' : COLOURS.town
  const road = strong ? '#000000' : '#d9d2c4'
  const tint = (colour: string) => (strong ? '#ffffff' : colour)
  const text = { 'text-color': ink, 'text-halo-color': strong ? '#ffffff' : COLOURS.land, 'text-halo-width': strong ? 2.5 : 1.5 }
  const isWide: ExpressionSpecification = ['in', SORT, ['literal', WIDE]]
  return [
    { names: ['earth', 'land'], type: 'fill', paint: { 'fill-color': tint(COLOURS.land) } },
    { names: ['landcover', 'landuse', 'park'], type: 'fill', paint: { 'fill-color': tint('#e9eee2'), 'fill-opacity': strong ? 0 : 0.7 } },
    { names: ['water'], type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': strong ? '#d0d0d0' : COLOURS.sea } },
    { names: ['waterway', 'water', 'physical_line'], type: 'line', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': strong ? '#505050' : COLOURS.coast, 'line-width': 1 } },
    { names: ['buildings', 'building'], type: 'fill', minzoom: 14, paint: { 'fill-color': tint('#e6e0d4'), 'fill-outline-color': strong ? '#000000' : '#d0c8b8' } },
    { names: ['roads', 'transportation'], type: 'line', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': road, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 6, ['case', isWide, 0.8, 0.1], 12, ['case', isWide, 2.2, 0.7], 17, ['case', isWide, 9, 5]] } },
    { names: ['boundaries', 'boundary'], type: 'line', paint: { 'line-color': ink, 'line-width': strong ? 1.5 : 0.8, 'line-dasharray': [3, 2], 'line-opacity': strong ? 1 : 0.5 } },
    { names: ['roads', 'transportation_name'], type: 'symbol', minzoom: 13, layout: { 'symbol-placement': 'line', 'text-field': NAMED, 'text-font': FONT, 'text-size': 12 }, paint: text },
    { names: ['water', 'water_name'], type: 'symbol', filter: ['in', SORT, ['literal', WATERS]], layout: { 'text-field': NAMED, 'text-font': FONT, 'text-size': 12 }, paint: text },
    { names: ['places', 'place'], type: 'symbol', layout: { 'text-field': NAMED, 'text-font': FONT, 'text-size': 14, 'text-padding': 6, 'symbol-sort-key': ['coalesce', ['get', 'rank'], ['-', 20, ['coalesce', ['get', 'population_rank'], 0]]] }, paint: text },
  ]
}

/** Something that is there, of whatever kind: its lines. */
function outline(): Part {
  return { names: [], type: 'line', paint: { 'line-color': isHighContrast() ? '#000000' : COLOURS.coast, 'line-width': 1 } }
}
