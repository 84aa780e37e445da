// Who can get there: what was asked, what came back, and the gap that can be kept from it.
import { computed, signal } from '@preact/signals-core'
import { coverage, coverageAddress, coverageFile } from '../api/coverage.ts'
import type { Coverage, CoveredArea, CoverageQuery, Shaped, Totals } from '../api/coverage.ts'
import { words } from '../words/index.ts'
import { failure, type Failure } from './failure.ts'
import { newId } from './ids.ts'
import { putInOutbox } from './outbox.ts'
import { areaSets, categoryName, type AreaSet } from './reference.ts'
import { renameHere } from './route.ts'

export type { Coverage, CoveredArea, Totals }
export { counted, isReachedWithoutTravel, notReached } from './reached.ts'

export interface Question {
  category: string
  type: string
  far: string
  unit: 'km' | 'mi' | 'min walk'
  areas: string
  weight: string
  by: string
  selfReferral: boolean
}

export interface Answer extends Shaped {
  query: CoverageQuery
  question: Question
  at: string
}

export const question = signal<Question>({
  category: '',
  type: '',
  far: '2',
  unit: 'mi',
  areas: '',
  weight: 'population',
  by: '',
  selfReferral: false,
})
export const coverageState = signal<{ asking: boolean; answer: Answer | null; failure: Failure | null }>({
  asking: false,
  answer: null,
  failure: null,
})
/** The neighbourhood under the pointer or the focus, in the table and on the map. */
export const areaPointedAt = signal<string | null>(null)

export const areaSet = computed(
  () => areaSets.value.find(set => set.name === question.value.areas) ?? finest(areaSets.value),
)

/** Unless another is chosen, the set with the most neighbourhoods. */
function finest(sets: AreaSet[]): AreaSet | null {
  return sets.reduce<AreaSet | null>((best, set) => (set.areas > (best?.areas ?? 0) ? set : best), null)
}

export function setQuestion(change: Partial<Question>) {
  question.value = { ...question.value, ...change }
}

/** An address may name one that there is not; the server says so. */
type PlaceType = NonNullable<CoverageQuery['type']>[number]

export function coverageQuery(asked: Question, areas: string): CoverageQuery {
  return {
    kind: [asked.type && !asked.category ? 'place' : 'service'],
    category: asked.category || undefined,
    type: asked.type && !asked.category ? [asked.type as PlaceType] : undefined,
    within: `${asked.far}${asked.unit}`,
    areas,
    weight: asked.weight,
    by: asked.by || undefined,
    referral: asked.selfReferral ? ['self'] : undefined,
  }
}

let asking = 0

/** Of questions asked one upon the other, the last one is answered. */
export async function askCoverage() {
  const mine = ++asking
  const asked = question.value
  const query = coverageQuery(asked, areaSet.value?.name ?? asked.areas)
  renameHere(questionInAddress(asked))
  coverageState.value = { ...coverageState.value, asking: true, failure: null }
  try {
    const shaped = await coverage(query)
    if (mine !== asking) return
    const answer = { ...shaped, query, question: asked, at: new Date().toISOString() }
    coverageState.value = { asking: false, answer, failure: null }
  } catch (error) {
    if (mine === asking) coverageState.value = { asking: false, answer: null, failure: failure(error) }
  }
}

/** What was looked for, by its name: "lunch clubs", "pharmacy", "any group or activity". */
export function subject(asked: Question): string {
  if (asked.category) return categoryName(asked.category) ?? words.coverage.anything
  return asked.type ? words.values.of(asked.type) : words.coverage.anything
}

export function reachInWords(asked: Question): string {
  return words.coverage.reach(asked.far, asked.unit)
}

export function questionInAddress(asked: Question): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) if (value) params.set(name, value === true ? 'yes' : String(value))
  return `#/who-can-get-there?${params}`
}

export function questionFrom(query: URLSearchParams): Partial<Question> {
  const known = Object.keys(question.peek()) as (keyof Question)[]
  const named = known.filter(name => query.has(name)).map(name => [name, query.get(name)] as const)
  const asked: Record<string, unknown> = Object.fromEntries(named)
  if ('selfReferral' in asked) asked['selfReferral'] = true
  return asked as Partial<Question>
}

export function download(answer: Answer): Promise<Blob> {
  return coverageFile(answer.query)
}

/** The answer on the screen is to another question than the one in the form. */
export function isAnswerTo(answer: Answer, asked: Question): boolean {
  return questionInAddress(answer.question) === questionInAddress(asked)
}

export function isUsableDistance(far: string): boolean {
  return /^\d+(\.\d+)?$/.test(far) && Number(far) > 0
}

export interface GapWords {
  area: CoveredArea
  what: string
  reason: string
}

/** Made once when the form opens: however often it is sent, the gap is there once. */
export interface GapIds {
  entry: string
  gap: string
}

export function newGapIds(): GapIds {
  return { entry: newId(), gap: newId() }
}

/** Keeps the evidence with the gap: the question, the revision and view it was answered on, and the answer. */
export async function recordGap(answer: Answer, { area, what, reason }: GapWords, ids: GapIds) {
  const { result, question: asked } = answer
  const name = words.coverage.gapName(what, area.name)
  const body = {
    name,
    what,
    reason,
    people: Math.round(area.weight),
    status: 'spotted',
    evidence: {
      query: coverageAddress(answer.query),
      revision: result.revision,
      view: result.view,
      at: answer.at,
      result: { reach: result.reach, total: result.total, area },
    },
    area: area.id,
    ...(asked.category ? { category: asked.category } : {}),
  }
  await putInOutbox({ id: ids.entry, name, at: new Date().toISOString(), records: [{ kind: 'gap', id: ids.gap, body }], draft: null, taken: {} })
}
