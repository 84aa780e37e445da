// Finding a record that is already there by typing its name, so that a new one is made only when it is new.
import { listRecords, type AnyRecord, type Kind } from '../api/records.ts'

const OFFERED = 8
/** Of so many the likeliest are offered: lists come oldest first. */
const LOOKED_AT = 200

/** With no signal nothing is offered and the typed name is kept as it is. */
export async function lookUp(kind: Kind, text: string, signal: AbortSignal): Promise<AnyRecord[]> {
  if (text.trim().length < 2) return []
  try {
    const { items } = await listRecords(kind, { q: text.trim(), limit: LOOKED_AT }, signal)
    return likeliest(items, text.trim().toLowerCase()).slice(0, OFFERED)
  } catch {
    return []
  }
}

/** That very name first, then what begins with it. */
export function likeliest<Item extends { name: string }>(items: Item[], typed: string): Item[] {
  const rank = ({ name }: Item) => (name.toLowerCase() === typed ? 0 : name.toLowerCase().startsWith(typed) ? 1 : 2)
  return [...items].sort((a, b) => rank(a) - rank(b))
}
