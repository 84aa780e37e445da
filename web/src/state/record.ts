// The record whose card is open, with what its card needs of the records around it.
import { signal } from '@preact/signals-core'
import { everyRecord, readRecord, type AnyRecord, type Everything, type Kind, type Point, type Role } from '../api/records.ts'
import { failure, type Failure } from './failure.ts'

export type { AnyRecord, Kind, Point }

export interface OpenRecord {
  id: string
  record: AnyRecord | null
  around: Around
  failure: Failure | null
}

export interface Around {
  /** Its own point, or that of the place it is at. */
  point: Point | null
  /** For a place or an organisation: what happens there, or what it runs. */
  services: Everything
  /** For a gap: its neighbourhood, and who leads on closing it. */
  area: AnyRecord | null
  lead: AnyRecord | null
}

export const openRecord = signal<OpenRecord | null>(null)

const NOTHING_AROUND: Around = { point: null, services: { items: [], left: 0 }, area: null, lead: null }

export async function openCard(kind: Kind, id: string) {
  openRecord.value = { id, record: null, around: NOTHING_AROUND, failure: null }
  try {
    const record = await readRecord(kind, id)
    if (openRecord.value?.id !== id) return
    openRecord.value = { id, record, around: { ...NOTHING_AROUND, point: record.point ?? null }, failure: null }
    const around = await readAround(record)
    if (openRecord.value?.id === id) openRecord.value = { id, record, around, failure: null }
  } catch (error) {
    if (openRecord.value?.id === id) openRecord.value = { ...openRecord.value, failure: failure(error) }
  }
}

async function readAround(record: AnyRecord): Promise<Around> {
  const [place, services, area, lead] = await Promise.all([
    record.point ? null : linked(record, 'place', 'places', 'place'),
    servicesAround(record),
    linked(record, 'area', 'area'),
    linked(record, 'organisation', 'lead'),
  ])
  return { point: record.point ?? place?.point ?? area?.point ?? null, services, area, lead }
}

/** The first record linked by one of the roles; null where there is none or it is not open to the caller. */
async function linked(record: AnyRecord, kind: Kind, ...roles: Role[]): Promise<AnyRecord | null> {
  const id = roles.flatMap(role => record.links?.[role] ?? [])[0]
  return id ? readRecord(kind, id).catch(() => null) : null
}

async function servicesAround({ kind, id }: AnyRecord): Promise<Everything> {
  if (kind === 'organisation') return everyRecord('service', { organisation: id })
  return kind === 'place' ? everyRecord('service', { place: id }) : NOTHING_AROUND.services
}
