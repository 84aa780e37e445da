// Asking what is near. Always by POST: the postcode typed for a person must not stand in an address or a log.
import { ask } from './http.ts'
import type { AnyRecord, Point } from './records.ts'

export type Run = 'sure' | 'without_travel' | 'possible'

/** The filter words of the contract, as far as the search screen uses them. */
export interface NearbyWords {
  near?: string
  within?: string
  kind?: string[]
  category?: string
  referral?: string
  delivery?: string[]
  open_at?: string
  age?: string
  language?: string
  accessible?: string
  free?: string
  accepting?: string
  q?: string
  limit?: number
}

export interface Found extends AnyRecord {
  distance_m: number | null
  match: 'sure' | 'possible'
  unknown: string[]
  run: Run
  by: string | null
}

interface NearbyAnswer {
  revision: number
  near: { label: string; lon: number; lat: number } | null
  totals: Record<Run, number>
  features: { geometry: { coordinates: [number, number] } | null; properties: Found }[]
}

export interface Nearby {
  revision: number
  near: (Point & { label: string }) | null
  totals: Record<Run, number>
  found: Found[]
}

export async function nearby(words: NearbyWords, signal: AbortSignal): Promise<Nearby> {
  const answer = await ask<NearbyAnswer>('nearby', { method: 'POST', body: words, signal })
  const found = answer.features.map(({ geometry, properties }) => ({
    ...properties,
    point: geometry ? { lon: geometry.coordinates[0], lat: geometry.coordinates[1] } : null,
  }))
  return { revision: answer.revision, near: answer.near, totals: answer.totals, found }
}
