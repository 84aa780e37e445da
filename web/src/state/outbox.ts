// What was recorded here and is not yet with the server. It sends by itself: at once, when the signal comes back,
// when the app starts, after signing in, and again and again with longer pauses. Nothing leaves it unsent except by
// the hand of the person who wrote it.
import { signal } from '@preact/signals-core'
import { createRecord, replaceRecord, type Kind } from '../api/records.ts'
import { readAll, writeTogether } from './device-store.ts'
import { dropDraft, keepDraft, type Draft } from './drafts.ts'
import { failure, type Failure, type Problem } from './failure.ts'

export interface NewRecord {
  kind: Kind
  id: string
  body: object
}

export interface Entry {
  id: string
  name: string
  at: string
  records: NewRecord[]
  /** The form it came from, to open it again; null for what needs no form. */
  draft: Draft | null
  /** Record id → body as the server took it. */
  taken: Record<string, string>
  state: 'waiting' | 'sign_in' | 'refused'
  problems: Problem[]
  title: string
}

export interface Sent {
  name: string
  kind: Kind
  id: string
}

export const outbox = signal<Entry[]>([])
export const justSent = signal<Sent[]>([])
export const isSending = signal(false)

const FIRST_PAUSE_MS = 4_000
const LONGEST_PAUSE_MS = 5 * 60_000
let pause = FIRST_PAUSE_MS
let timer: ReturnType<typeof setTimeout> | undefined

export async function startOutbox() {
  addEventListener('online', () => void sendAll())
  await reload()
  await sendAll({ again: true })
}

/** The draft leaves the form and stands in the outbox in one step: never lost between, never in both. */
export async function putInOutbox(entry: Omit<Entry, 'state' | 'problems' | 'title'>) {
  const whole: Entry = { ...entry, state: 'waiting', problems: [], title: '' }
  await writeTogether([
    { store: 'outbox', key: entry.id, value: whole },
    ...(entry.draft ? [{ store: 'drafts' as const, key: entry.draft.form }] : []),
  ])
  if (entry.draft) dropDraft(entry.draft.form)
  await reload()
  void sendAll()
}

/** Back into its form, with everything that was typed and what the server already took. */
export async function takeBack(entry: Entry) {
  if (!entry.draft) return
  keepDraft({ ...entry.draft, entry: entry.id, taken: entry.taken })
  await throwAway(entry)
}

export async function throwAway(entry: Entry) {
  await writeTogether([{ store: 'outbox', key: entry.id }])
  await reload()
}

/** Two open tabs must not send at the same time; the ids would keep it right, but the messages would puzzle. */
export async function sendAll({ again = false } = {}) {
  clearTimeout(timer)
  if ('locks' in navigator) await navigator.locks.request('outbox', () => sendInTurn(again))
  else await sendInTurn(again)
}

async function sendInTurn(again: boolean) {
  await reload()
  isSending.value = true
  try {
    for (const entry of outbox.value) {
      if (entry.state !== 'waiting' && !again) continue
      const trouble = await send(entry)
      if (trouble && (trouble.why === 'no_signal' || trouble.why === 'busy')) return tryLater()
      if (trouble) await keep({ ...entry, ...verdict(trouble) })
      else await noteSent(entry)
    }
    pause = FIRST_PAUSE_MS
  } finally {
    isSending.value = false
  }
}

async function send(entry: Entry): Promise<Failure | null> {
  for (const { kind, id, body } of entry.records) {
    const text = JSON.stringify(body)
    const before = entry.taken[id]
    if (before === text) continue
    try {
      if (before) await replaceRecord(kind, id, 1, body)
      else await createRecord(kind, id, body)
    } catch (error) {
      return failure(error)
    }
    entry.taken = { ...entry.taken, [id]: text }
    await keep(entry)
  }
  return null
}

function verdict(trouble: Failure): Pick<Entry, 'state' | 'problems' | 'title'> {
  return {
    state: trouble.why === 'sign_in' ? 'sign_in' : 'refused',
    problems: trouble.problems,
    title: trouble.title,
  }
}

async function noteSent(entry: Entry) {
  await throwAway(entry)
  const main = entry.records.at(-1)
  if (main) justSent.value = [...justSent.value, { name: entry.name, kind: main.kind, id: main.id }]
}

function tryLater() {
  timer = setTimeout(() => void sendAll(), pause)
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
}

async function keep(entry: Entry) {
  await writeTogether([{ store: 'outbox', key: entry.id, value: entry }])
  await reload()
}

async function reload() {
  const entries = await readAll<Entry>('outbox')
  outbox.value = entries.sort((a, b) => a.at.localeCompare(b.at))
}
