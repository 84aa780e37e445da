// What the screens need to know about the instance itself: its towns, its words, its neighbourhoods.
import { ask } from './http.ts'
import { everyRecord, type Everything } from './records.ts'
import type { About as Description, AreaSets, Basemap as Layer, Towns } from './schema.d.ts'

/** West, south, east, north: four numbers, which the description calls a list. */
export type Bounds = [number, number, number, number]
export type About = Omit<Description, 'bounds' | 'basemap'> & { bounds: Bounds | null; basemap: Basemap }
export type Basemap = BoundedBy<Layer>
export type Town = Towns['items'][number]
type BoundedBy<Map> = Map extends { bounds: number[] } ? Omit<Map, 'bounds'> & { bounds: Bounds } : Map
export type AreaSet = AreaSets['items'][number]

export function about(): Promise<About> {
  return ask<About>('about')
}

export async function towns(q: string, limit: number): Promise<Town[]> {
  return (await ask<Towns>('gazetteer', { query: { q, limit } })).items
}

export async function areaSets(): Promise<AreaSet[]> {
  return (await ask<AreaSets>('area-sets')).items
}

export function allCategories(): Promise<Everything> {
  return everyRecord('category')
}
