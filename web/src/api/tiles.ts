// What the server says of the tiles of a question: how much they hold, and where they are.
import { ask } from './http.ts'
import type { WordsOf } from './words.ts'

/** Those that choose; none of them says from where. */
export type TileWords = WordsOf<'/tiles/{layer}/{z}/{x}/{y}'>

/** How many positions fit these words. */
export async function countOfTiles(words: TileWords, signal: AbortSignal): Promise<number> {
  return (await ask<{ count: number }>('../../tiles/assets.json', { query: { ...words }, signal })).count
}

/** Where the tiles are: an address with {z}, {x} and {y} for the map to fill in. */
export function tileAddress(words: TileWords): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(words)) query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  const text = query.toString()
  return `${new URL('tiles/assets/', document.baseURI).href}{z}/{x}/{y}.mvt${text ? `?${text}` : ''}`
}
