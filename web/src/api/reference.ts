// What the screens need to know about the instance itself: its towns, its words, its neighbourhoods.
import { ask } from './http.ts'
import { everyRecord, type Everything } from './records.ts'

export interface Town {
  name: string
  county: string | null
  lon: number
  lat: number
  size: number
}

export interface AreaSet {
  name: string
  areas: number
  population: number
  indicators: { name: string; type: 'count' | 'rate' | 'score' }[]
  groups: { name: string; values: number }[]
}

/** The map under the map: our coast, tiles of this server, or somebody else's style. */
export type Basemap =
  | { kind: 'coast' }
  | { kind: 'tiles'; form: 'vector' | 'raster'; tiles: string; min_zoom: number; max_zoom: number; bounds: [number, number, number, number]; layers: string[] }
  | { kind: 'style'; url: string; host: string }

export interface About {
  name: string
  version: string
  revision: number
  licence: string | null
  attribution: string[]
  bounds: [number, number, number, number] | null
  datasets: { name: string; rows: number; loaded_at: string }[]
  basemap: Basemap
  demo?: boolean
}

export function about(): Promise<About> {
  return ask<About>('about')
}

export async function towns(q: string, limit: number): Promise<Town[]> {
  return (await ask<{ items: Town[] }>('gazetteer', { query: { q, limit } })).items
}

export async function areaSets(): Promise<AreaSet[]> {
  return (await ask<{ items: AreaSet[] }>('area-sets')).items
}

export function allCategories(): Promise<Everything> {
  return everyRecord('category')
}
