// The search that is under way or done, and which result the list and the map both point at.
import { batch, computed, effect, signal } from '@preact/signals-core'
import { nearby, type Found, type Nearby } from '../api/nearby.ts'
import { crowdBehind, type Crowd } from './crowd.ts'
import { choicesFrom, filterWords, isChosen, namedOrTyped, NO_CHOICES, searchAddress, type Choices } from './choices.ts'
import { failure, type Failure } from './failure.ts'
import { knownAbout } from './reference.ts'
import { renameHere, route } from './route.ts'

export type { Found, Nearby }

export interface Search {
  phase: 'none' | 'asking' | 'done' | 'failed'
  answer: Nearby | null
  /** What the answer is to, whatever is being typed by now. */
  asked: Choices | null
  failure: Failure | null
}

const NO_SEARCH: Search = { phase: 'none', answer: null, asked: null, failure: null }

export const choices = signal<Choices>(NO_CHOICES)
export const search = signal<Search>(NO_SEARCH)

/** All that fits, for the map, where that is far more than the list holds. */
export const crowd = signal<Crowd | null>(null)

/** The results under the pointer or the focus, and on which side, so that the other side follows. */
export const pointedAt = signal<{ ids: string[]; from: 'list' | 'map' } | null>(null)

let underWay: AbortController | null = null

/** Why the place typed could not be used, if that is what went wrong. */
export const whereFault = computed<'postcode' | 'place' | null>(() => {
  const fault = search.value.failure?.problems.find(({ field }) => field === 'near')
  if (!fault) return null
  return fault.code.startsWith('postcode') ? 'postcode' : 'place'
})

export function choose(change: Partial<Choices>) {
  choices.value = { ...choices.value, ...change }
}

/** Asks again with one thing chosen differently; the address follows, without the full postcode. */
export function chooseAndSearch(change: Partial<Choices>) {
  choose(change)
  if (isChosen(choices.value)) void runSearch()
}

export async function runSearch() {
  const asked = choices.value
  renameHere(searchAddress(asked))
  underWay?.abort()
  const mine = (underWay = new AbortController())
  search.value = { ...search.value, phase: 'asking', failure: null }
  try {
    const words = filterWords(asked, asked.where.trim() ? null : await middle())
    const answer = await nearby(words, mine.signal)
    // The list waits for nothing; where its crowd can't be told, the map shows what the list shows.
    const behind = crowdBehind(words, answer, mine.signal).catch(() => null)
    batch(() => {
      pointedAt.value = null
      crowd.value = null
      search.value = { phase: 'done', answer, asked, failure: null }
    })
    const found = await behind
    if (!mine.signal.aborted) crowd.value = found
  } catch (error) {
    if (mine.signal.aborted) return
    batch(() => {
      crowd.value = null
      search.value = { ...NO_SEARCH, phase: 'failed', failure: failure(error) }
    })
  }
}

/** Opening an address brings back its search; what was only typed, and not yet searched for, stays. What was typed in full here stays, if the address is its short form. */
export function followSearchAddress() {
  return effect(() => {
    const here = route.value
    if (here.screen !== 'find') return
    const named = choicesFrom(here.query)
    const typed = choices.peek()
    const wanted = namedOrTyped(named, typed)
    if (!isChosen(named)) {
      if (search.peek().phase === 'none') return
      batch(() => {
        choices.value = NO_CHOICES
        search.value = NO_SEARCH
        crowd.value = null
      })
    } else if (search.peek().phase === 'none' || searchAddress(wanted) !== searchAddress(typed)) {
      choices.value = wanted
      void runSearch()
    }
  })
}

/** With nothing typed under "Where?", the search looks outward from the middle of the instance's ground. */
async function middle(): Promise<string | null> {
  const bounds = (await knownAbout())?.bounds
  if (!bounds) return null
  return `${((bounds[1] + bounds[3]) / 2).toFixed(4)},${((bounds[0] + bounds[2]) / 2).toFixed(4)}`
}
