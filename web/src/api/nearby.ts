// Asking what is near. Always by POST: the postcode typed for a person must not stand in an address or a log.
import { ask } from './http.ts'
import type { AnyRecord, Merged } from './records.ts'
import type { Found as OneFound, Nearby as Answer } from './schema.d.ts'

export type Run = OneFound['run']

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

/** A record with what it was found by. */
export type Found = AnyRecord & Pick<Merged<OneFound>, 'by' | 'card' | 'distance_m' | 'match' | 'run' | 'unknown'>

export interface Nearby extends Pick<Answer, 'revision' | 'near' | 'totals'> {
  found: Found[]
}

export async function nearby(words: NearbyWords, signal: AbortSignal): Promise<Nearby> {
  const answer = await ask<Answer>('nearby', { method: 'POST', body: words, signal })
  const found = answer.features.map(({ geometry, properties }) => {
    const [lon, lat] = (geometry?.type === 'Point' ? geometry.coordinates : []) as number[]
    return { ...(properties as Found), point: lon === undefined || lat === undefined ? null : { lon, lat } }
  })
  return { revision: answer.revision, near: answer.near, totals: answer.totals, found }
}
