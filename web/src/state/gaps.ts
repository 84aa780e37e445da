// The gaps recorded so far.
import { signal } from '@preact/signals-core'
import { everyRecord, type AnyRecord } from '../api/records.ts'
import { failure, type Failure } from './failure.ts'

export const gaps = signal<{ items: AnyRecord[] | null; left: number; failure: Failure | null }>({ items: null, left: 0, failure: null })

export async function loadGaps() {
  try {
    gaps.value = { ...(await everyRecord('gap')), failure: null }
  } catch (error) {
    gaps.value = { ...gaps.value, failure: failure(error) }
  }
}
