// The slip: up to five cards to print and hand over. Kept for this tab only, and nothing about the person in it.
import { computed, effect, signal } from '@preact/signals-core'
import type { AnyRecord } from '../api/records.ts'

export const SLIP_LIMIT = 5
const KEY = 'slip'

export const slip = signal<AnyRecord[]>(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as AnyRecord[])
export const slipIsFull = computed(() => slip.value.length >= SLIP_LIMIT)

effect(() => sessionStorage.setItem(KEY, JSON.stringify(slip.value)))

export function isOnSlip(id: string): boolean {
  return slip.value.some(record => record.id === id)
}

export function putOnSlip(record: AnyRecord) {
  if (!slipIsFull.value && !isOnSlip(record.id)) slip.value = [...slip.value, withoutDistance(record)]
}

export function takeOffSlip(id: string) {
  slip.value = slip.value.filter(record => record.id !== id)
}

export function moveOnSlip(id: string, by: -1 | 1) {
  const from = slip.value.findIndex(record => record.id === id)
  const to = from + by
  if (from < 0 || to < 0 || to >= slip.value.length) return
  const next = [...slip.value]
  next.splice(to, 0, ...next.splice(from, 1))
  slip.value = next
}

export function clearSlip() {
  slip.value = []
}

/** How far a place is from where somebody searched says where that somebody lives. */
function withoutDistance(record: AnyRecord): AnyRecord {
  const copy: Record<string, unknown> = { ...record }
  for (const field of ['distance_m', 'match', 'unknown', 'run', 'by']) delete copy[field]
  return copy as unknown as AnyRecord
}
