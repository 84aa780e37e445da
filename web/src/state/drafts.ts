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
  }
}

export async function openDraft(form: FoundForm) {
  if (drafts.value[form]) return
  const kept = await readOne<Draft>('drafts', form)
  if (!drafts.value[form]) drafts.value = { ...drafts.value, [form]: kept ?? emptyDraft(form) }
}

export function setField(form: FoundForm, name: string, value: FieldValue) {
  const draft = drafts.value[form] ?? emptyDraft(form)
  keepDraft({ ...draft, fields: { ...draft.fields, [name]: value } })
}

export function keepDraft(draft: Draft) {
  drafts.value = { ...drafts.value, [draft.form]: draft }
  void writeTogether([{ store: 'drafts', key: draft.form, value: draft }])
}

export function dropDraft(form: FoundForm) {
  drafts.value = { ...drafts.value, [form]: emptyDraft(form) }
  void writeTogether([{ store: 'drafts', key: form }])
}
