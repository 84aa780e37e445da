// Asking what is near. Always by POST: the postcode typed for a person must not stand in an address or a log.
import { ask } from './http.ts'
import type { AnyRecord, Merged } from './records.ts'
import type { Found as OneFound, Nearby as Answer } from './schema.d.ts'
import type { WordsOf } from './words.ts'

export type Run = OneFound['run']

type Words = WordsOf<'/api/v1/nearby'>
/** With its totals, which are always asked for here. */
type Counted = Answer & Required<Pick<Answer, 'totals'>>
export type NearbyWords = Omit<Words, 'include'>

/** A record with what it was found by. */
export type Found = AnyRecord & Pick<Merged<OneFound>, 'by' | 'card' | 'distance_m' | 'match' | 'run' | 'unknown'>

export interface Nearby extends Pick<Counted, 'revision' | 'near' | 'totals'> {
  found: Found[]
}

export async function nearby(words: NearbyWords, signal: AbortSignal): Promise<Nearby> {
  const asked: Words = { ...words, include: ['totals'] }
  const answer = await ask<Counted>('nearby', { method: 'POST', body: asked, signal })
  const found = answer.features.map(({ geometry, properties }) => {
    const [lon, lat] = (geometry?.type === 'Point' ? geometry.coordinates : []) as number[]
    return { ...(properties as Found), point: lon === undefined || lat === undefined ? null : { lon, lat } }
  })
  return { revision: answer.revision, near: answer.near, totals: answer.totals, found }
}
