// What views and maps say to each other.
import type { FeatureCollection } from 'geojson'
import type { Point } from '../state/record.ts'
import type { Basemap } from '../state/reference.ts'

export interface Ground {
  /** West, south, east, north of what the instance knows. */
  bounds: [number, number, number, number] | null
  towns: { name: string; lon: number; lat: number; size: number }[]
  /** What lies under everything. */
  base: Basemap
  /** Said to screen readers, with how to use the keyboard. */
  label: string
}

export interface Marker {
  /** All results at this very point. */
  ids: string[]
  point: Point
  label: string
  run: 'sure' | 'without_travel' | 'possible'
}

interface OpenMap {
  close(): void
}

export interface ResultsMap extends OpenMap {
  show(markers: Marker[], home: Point | null): void
  /** Everything that fits, by the address of its tiles; null for none. */
  showCrowd(tiles: string | null): void
  pointAt(ids: string[]): void
  middle(): Point
}

export interface AreasMap extends OpenMap {
  show(shapes: FeatureCollection): void
  pointAt(code: string | null): void
}

export interface PickMap extends OpenMap {
  show(point: Point | null): void
  middle(): Point
}

export interface Pointing {
  onPoint: (ids: string[]) => void
  onChoose: (ids: string[]) => void
  /** One record of the crowd. */
  onOpen: (kind: string, id: string) => void
  /** Several of the crowd at one point. */
  onLookCloser: (point: Point) => void
}
