// The gaps recorded so far.
import { signal } from '@preact/signals-core'
import { listRecords, type AnyRecord } from '../api/records.ts'
import { failure, type Failure } from './failure.ts'

export const gaps = signal<{ items: AnyRecord[] | null; failure: Failure | null }>({ items: null, failure: null })

export async function loadGaps() {
  try {
    const { items } = await listRecords('gap', { limit: 200 })
    gaps.value = { items, failure: null }
  } catch (error) {
    gaps.value = { items: gaps.value.items, failure: failure(error) }
  }
}
