// What it does: chosen from the list of categories, also found by its everyday words.
import { matching } from '../state/matching.ts'
import type { AnyRecord } from '../state/record.ts'
import { everydayWords, serviceCategories } from '../state/reference.ts'
import type { Suggestion } from '../ui/suggest.tsx'
import { RecordField } from './draft-fields.tsx'

const OFFERED = 8
const namesOf = ({ name, words }: AnyRecord) => [name, ...(words ?? [])]

export function CategoryField({ label, hint }: { label: string; hint?: string }) {
  return <RecordField name="category" kind="category" canAdd={false} offer={offerCategories} label={label} {...(hint ? { hint } : {})} />
}

export function offerCategories(text: string): Suggestion[] {
  const typed = text.trim().toLowerCase()
  if (typed.length < 2) return []
  const named = matching(serviceCategories.value, typed, namesOf)
  const meant = matching(everydayWords.value, typed, namesOf).flatMap(({ links }) => links?.['means'] ?? [])
  return [...named, ...serviceCategories.value.filter(category => meant.includes(category.id) && !named.includes(category))]
    .slice(0, OFFERED)
    .map(({ id, name }) => ({ key: id, text: name }))
}
