// When far more fits than a list can hold, the map draws all of it, from tiles that the server clusters.
import { countOfTiles, tileAddress } from '../api/tiles.ts'
import type { Nearby, NearbyWords } from '../api/nearby.ts'
import { leftOff, tileWords } from './choices.ts'

/** Up to so many, the map shows what the list shows. */
export const TILES_ABOVE = 10_000

/** The runs that stand on the map. */
const TRAVELLED_TO = ['sure', 'possible'] as const

export interface Crowd {
  /** Where the tiles are. */
  tiles: string
  /** How many they hold. */
  count: number
}

/** The crowd behind an answer; null where the list tells of everything, or of all that is within reach. */
export async function crowdBehind(words: NearbyWords, answer: Nearby, signal: AbortSignal): Promise<Crowd | null> {
  if (words.within || !TRAVELLED_TO.some(run => leftOff(answer, run) > 0)) return null
  const chosen = tileWords(words)
  const count = await countOfTiles(chosen, signal)
  return count > TILES_ABOVE ? { tiles: tileAddress(chosen), count } : null
}
