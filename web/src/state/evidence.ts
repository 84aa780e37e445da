// A gap's evidence asked again: what came out then, beside what comes out now.
import { signal } from '@preact/signals-core'
import { askEvidenceAgain, type EvidenceAgain } from '../api/coverage.ts'
import { failure, type Failure } from './failure.ts'

export const evidence = signal<{ gap: string; answer: EvidenceAgain | null; failure: Failure | null } | null>(null)

export async function askAgain(gap: string) {
  try {
    evidence.value = { gap, answer: await askEvidenceAgain(gap), failure: null }
  } catch (error) {
    evidence.value = { gap, answer: null, failure: failure(error) }
  }
}
