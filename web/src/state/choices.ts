// What was chosen on the search screen, turned into the server's filter words and into an address fit to share.
import type { Nearby, NearbyWords, Run } from '../api/nearby.ts'
import type { TileWords } from '../api/tiles.ts'
import { shareable, tidyPostcode } from './where.ts'

export interface Choices {
  where: string
  help: string
  day: string
  time: string
  within: string
  selfReferral: boolean
  noCar: boolean
  comesToYou: boolean
  free: boolean
  stepFree: boolean
  takingPeople: boolean
  age: string
  language: string
  category: string
}

export const NO_CHOICES: Choices = {
  where: '',
  help: '',
  day: '',
  time: '',
  within: '',
  selfReferral: false,
  noCar: false,
  comesToYou: false,
  free: false,
  stepFree: false,
  takingPeople: false,
  age: '',
  language: '',
  category: '',
}

/** Without a car: as far as most people walk. What comes to them, or is by phone, is found in any case. */
export const WALK = '20min walk'
const WITHOUT_TRAVEL: NearbyWords['delivery'] = ['at_home', 'telephone', 'online']
export const RUN_LIMIT = 50

export function filterWords(choices: Choices, middle: string | null): NearbyWords {
  const words: NearbyWords = { near: choices.where.trim() ? tidyPostcode(choices.where) : (middle ?? ''), limit: RUN_LIMIT }
  if (choices.help.trim()) words.q = choices.help.trim()
  if (choices.category) words.category = choices.category
  if (choices.day) words.open_at = choices.day === 'now' ? 'now' : [choices.day, choices.time].filter(Boolean).join(' ')
  if (choices.noCar) words.within = WALK
  else if (choices.within && choices.where.trim()) words.within = choices.within
  if (choices.selfReferral) words.referral = ['self']
  if (choices.comesToYou) words.delivery = WITHOUT_TRAVEL
  if (choices.free) words.free = true
  if (choices.stepFree) words.accessible = ['step_free']
  if (choices.takingPeople) words.accepting = ['yes']
  if (choices.age) words.age = Number(choices.age)
  if (choices.language) words.language = choices.language
  return words
}

/** What people type in their own words, which may hold a postcode. */
const TYPED = ['where', 'help'] as const

/** The address of this search: everything chosen, but of a postcode only the sector. */
export function searchAddress(choices: Choices): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(inAddress(choices))) {
    if (value === true) params.set(name, 'yes')
    else if (value) params.set(name, value)
  }
  const text = params.toString()
  return text ? `#/find?${text}` : '#/'
}

export function choicesFrom(query: URLSearchParams): Choices {
  const choices: Record<string, string | boolean> = { ...NO_CHOICES }
  for (const [name, nothing] of Object.entries(NO_CHOICES)) {
    const value = query.get(name)
    if (value !== null) choices[name] = typeof nothing === 'boolean' ? value === 'yes' : value
  }
  const chosen = choices as unknown as Choices
  return { ...chosen, age: ageFrom(chosen.age) }
}

/** Of what was typed as an age, its digits. */
export function ageFrom(text: string): string {
  return text.replace(/\D/g, '').slice(0, 3)
}

/** What an address names; but what was typed here in full stays, where the address holds its short form. */
export function namedOrTyped(named: Choices, typed: Choices): Choices {
  const short = inAddress(typed)
  const stay = TYPED.filter(name => named[name] === short[name]).map(name => [name, typed[name]])
  return { ...named, ...(Object.fromEntries(stay) as Partial<Choices>) }
}

function inAddress(choices: Choices): Choices {
  return { ...choices, where: shareable(choices.where), help: shareable(choices.help) }
}

export function isChosen(choices: Choices): boolean {
  return Object.values(choices).some(Boolean)
}

/** How many of a run fit, or may, beyond those that are listed. */
export function leftOff({ totals, found }: Nearby, run: Run): number {
  return totals[run] - found.filter(item => item.run === run).length
}

/** Where somebody is does not choose what is drawn, and must not stand in an address. */
export function tileWords({ near: _near, within: _within, limit: _limit, ...chosen }: NearbyWords): TileWords {
  return chosen.q ? { ...chosen, q: shareable(chosen.q) } : chosen
}
