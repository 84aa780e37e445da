// What it does: chosen from the list of categories, also found by its everyday words.
import { everydayWords, serviceCategories } from '../state/reference.ts'
import type { Suggestion } from '../ui/suggest.tsx'
import { RecordField } from './draft-fields.tsx'

const OFFERED = 8

export function CategoryField({ label, hint }: { label: string; hint?: string }) {
  return <RecordField name="category" kind="category" canAdd={false} offer={offerCategories} label={label} {...(hint ? { hint } : {})} />
}

export function offerCategories(text: string): Suggestion[] {
  const typed = text.trim().toLowerCase()
  if (typed.length < 2) return []
  const says = (names: string[]) => names.some(name => name.toLowerCase().includes(typed))
  const meant = everydayWords.value.filter(({ name, words }) => says([name, ...(words ?? [])])).flatMap(({ links }) => links?.['means'] ?? [])
  return serviceCategories.value
    .filter(({ id, name, words }) => says([name, ...(words ?? [])]) || meant.includes(id))
    .slice(0, OFFERED)
    .map(({ id, name }) => ({ key: id, text: name }))
}
