// Points in the shape the map library takes.
import type { GeoJSONSource, Map as LibreMap } from 'maplibre-gl'
import type { Point } from '../state/record.ts'

export function pointFeature(point: Point, properties: Record<string, unknown>): GeoJSON.Feature {
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [point.lon, point.lat] } }
}

export function collection(features: GeoJSON.Feature[]): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features }
}

export function setPoints(map: LibreMap, source: string, features: GeoJSON.Feature[]) {
  void map.getSource<GeoJSONSource>(source)?.setData(collection(features))
}
