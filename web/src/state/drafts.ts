// The form being filled in, kept on the device with every keystroke: closing the page, or losing the signal,
// loses nothing.
import { signal } from '@preact/signals-core'
import { readOne, writeTogether } from './device-store.ts'
import { newId } from './ids.ts'
import type { FoundForm } from './route.ts'
import type { Point } from '../api/records.ts'

/** A record that is there already (with its id), or one that will be made under the typed name. */
export interface Chosen {
  id: string | null
  name: string
}

/** Where something is, and how we know: a point, or a postcode the server will look up. */
export interface Position {
  how: 'typed' | 'map' | 'here'
  label: string
  point: Point | null
  postcode: string | null
}

export type FieldValue = string | boolean | string[] | Chosen | Position | null

export interface Draft {
  form: FoundForm
  fields: Record<string, FieldValue>
  /** Ids for the records this form will make: fixed from the start, so that sending twice makes them once. */
  ids: Record<string, string>
  /** The outbox entry this draft came back from, if it was refused. */
  entry: string
  /** What the server already took of it: record id → body as sent. */
  taken: Record<string, string>
  /** How often it was changed: tells the newer of its two copies. */
  changes: number
}

export const drafts = signal<Partial<Record<FoundForm, Draft>>>({})

const ROLES = ['service', 'organisation', 'place', 'resource', 'gap']

export function emptyDraft(form: FoundForm): Draft {
  return {
    form,
    fields: {},
    ids: Object.fromEntries(ROLES.map(role => [role, newId()])),
    entry: newId(),
    taken: {},
    changes: 0,
  }
}

export async function openDraft(form: FoundForm) {
  if (drafts.value[form]) return
  const stored = await readOne<Draft>('drafts', form)
  const noted = noteOf(form)
  const newest = (noted?.changes ?? -1) > (stored?.changes ?? -1) ? noted : stored
  if (!drafts.value[form]) drafts.value = { ...drafts.value, [form]: newest ?? emptyDraft(form) }
}

export function setField(form: FoundForm, name: string, value: FieldValue) {
  const draft = drafts.value[form] ?? emptyDraft(form)
  keepDraft({ ...draft, fields: { ...draft.fields, [name]: value } })
}

/**
 * Kept twice: in the database, which outlives everything but takes a moment, and in a note that is written before the
 * next keystroke can come, for a page that is closed within that moment.
 */
export function keepDraft(draft: Draft) {
  const next = { ...draft, changes: draft.changes + 1 }
  drafts.value = { ...drafts.value, [draft.form]: next }
  localStorage.setItem(noteName(draft.form), JSON.stringify(next))
  void store(draft.form)
}

export function dropDraft(form: FoundForm) {
  drafts.value = { ...drafts.value, [form]: emptyDraft(form) }
  localStorage.removeItem(noteName(form))
  void store(form)
}

const storing = new Set<FoundForm>()

/** One write at a time, always of the newest: fast typing makes no queue. */
async function store(form: FoundForm) {
  if (storing.has(form)) return
  storing.add(form)
  let stored: Draft | undefined
  do {
    stored = drafts.value[form]
    await writeTogether([{ store: 'drafts', key: form, value: stored?.changes ? stored : undefined }])
  } while (stored !== drafts.value[form])
  storing.delete(form)
}

function noteOf(form: FoundForm): Draft | null {
  return JSON.parse(localStorage.getItem(noteName(form)) ?? 'null') as Draft | null
}

function noteName(form: FoundForm): string {
  return `draft ${form}`
}
