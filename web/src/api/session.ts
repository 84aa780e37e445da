// Who is signed in here, and how they come and go. The session itself is a cookie this code never sees.
import { ask } from './http.ts'
import type { Session } from './schema.d.ts'

export type { Session }

export function readSession(): Promise<Session> {
  return ask<Session>('session')
}

export function signInByLink(link: string): Promise<Session> {
  return ask<Session>('session', { method: 'POST', body: { link } })
}

export function signOut(): Promise<unknown> {
  return ask('session', { method: 'DELETE' })
}
