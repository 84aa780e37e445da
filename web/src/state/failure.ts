// What went wrong, in a form that views can show and the outbox can act on, whatever the cause was.
import { NoSignal, ServerSaidNo, type Problem } from '../api/http.ts'

export type { Problem }

export interface Failure {
  why: 'no_signal' | 'sign_in' | 'not_found' | 'refused' | 'busy'
  title: string
  problems: Problem[]
}

export function failure(error: unknown): Failure {
  if (error instanceof NoSignal) return { why: 'no_signal', title: '', problems: [] }
  if (!(error instanceof ServerSaidNo)) throw error
  return { why: reason(error.status), title: error.title, problems: error.problems }
}

function reason(status: number): Failure['why'] {
  if (status === 401) return 'sign_in'
  if (status === 404) return 'not_found'
  return status === 429 || status >= 500 ? 'busy' : 'refused'
}
