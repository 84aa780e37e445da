// Finding a record that is already there by typing its name, so that a new one is made only when it is new.
import { listRecords, type AnyRecord, type Kind } from '../api/records.ts'

const OFFERED = 8

/** With no signal nothing is offered and the typed name is kept as it is. */
export async function lookUp(kind: Kind, text: string, signal: AbortSignal): Promise<AnyRecord[]> {
  if (text.trim().length < 2) return []
  try {
    return (await listRecords(kind, { q: text.trim(), limit: OFFERED }, signal)).items
  } catch {
    return []
  }
}
