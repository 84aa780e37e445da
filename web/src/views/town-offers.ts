// Towns as suggestions, wherever somebody types where.
import { townsFound } from '../state/reference.ts'
import type { Suggestion } from '../ui/suggest.tsx'

const OFFERED = 6

export async function offerTowns(text: string): Promise<Suggestion[]> {
  const towns = await townsFound(text, OFFERED)
  return towns.map(({ name, county, lat, lon }) => ({ key: `${lat},${lon}`, text: name, ...(county ? { note: county } : {}) }))
}
