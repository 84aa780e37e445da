// Who is signed in on this device.
import { computed, signal } from '@preact/signals-core'
import { readSession, signInByLink, signOut as endSession, type Session } from '../api/session.ts'
import { failure, type Failure } from './failure.ts'
import { sendAll } from './outbox.ts'
import { goTo } from './route.ts'
import { clearSlip } from './slip.ts'

export const session = signal<Session>({ account: null, role: null })
/** Before it is known who is signed in, nobody is told to sign in. */
export const isSessionKnown = signal(false)
export const isAdmin = computed(() => session.value.role === 'admin')
export const signInState = signal<{ phase: 'no' | 'asking' | 'done' | 'failed'; failure: Failure | null }>({
  phase: 'no',
  failure: null,
})

export async function loadSession() {
  try {
    session.value = await readSession()
  } catch (error) {
    failure(error)
  } finally {
    isSessionKnown.value = true
  }
}

export async function signIn(link: string) {
  signInState.value = { phase: 'asking', failure: null }
  try {
    await signInByLink(link)
    await loadSession()
    signInState.value = { phase: 'done', failure: null }
    await sendAll({ again: true })
  } catch (error) {
    signInState.value = { phase: 'failed', failure: failure(error) }
  }
}

/** What somebody signed in was told goes with them: the slip, and everything the page still holds. */
export async function signOut() {
  await endSession()
  clearSlip()
  goTo('#/')
  location.reload()
}
