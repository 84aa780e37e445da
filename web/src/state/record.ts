// The record whose card is open.
import { signal } from '@preact/signals-core'
import { listRecords, readRecord, type AnyRecord, type Kind, type Point } from '../api/records.ts'
import { failure, type Failure } from './failure.ts'

export type { AnyRecord, Kind, Point }

export interface OpenRecord {
  id: string
  record: AnyRecord | null
  /** For a place or an organisation: what happens there, or what it runs. */
  around: AnyRecord[]
  failure: Failure | null
}

export const openRecord = signal<OpenRecord | null>(null)

export async function openCard(kind: Kind, id: string) {
  openRecord.value = { id, record: null, around: [], failure: null }
  try {
    const record = await readRecord(kind, id)
    if (openRecord.value?.id !== id) return
    openRecord.value = { id, record, around: [], failure: null }
    const around = await servicesAround(record)
    if (openRecord.value?.id === id) openRecord.value = { id, record, around, failure: null }
  } catch (error) {
    openRecord.value = { id, record: openRecord.value?.record ?? null, around: [], failure: failure(error) }
  }
}

async function servicesAround(record: AnyRecord): Promise<AnyRecord[]> {
  if (record.kind !== 'place' && record.kind !== 'organisation') return []
  const role = record.kind === 'place' ? 'places' : 'provider'
  const all = await listRecords('service', { [role === 'provider' ? 'organisation' : 'place']: record.id, limit: 50 })
  return all.items.filter(service => service.links?.[role]?.includes(record.id))
}
