// What was chosen on the search screen, turned into the server's filter words and into an address fit to share.
import type { Nearby, NearbyWords } from '../api/nearby.ts'
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
const WITHOUT_TRAVEL = ['at_home', 'telephone', 'online']
export const RUN_LIMIT = 50

export function filterWords(choices: Choices, middle: string | null): NearbyWords {
  const words: NearbyWords = { limit: RUN_LIMIT }
  const near = choices.where.trim() ? tidyPostcode(choices.where) : middle
  if (near) words.near = near
  if (choices.help.trim()) words.q = choices.help.trim()
  if (choices.category) words.category = choices.category
  if (choices.day) words.open_at = choices.day === 'now' ? 'now' : [choices.day, choices.time].filter(Boolean).join(' ')
  if (choices.noCar) words.within = WALK
  else if (choices.within && choices.where.trim()) words.within = choices.within
  if (choices.selfReferral) words.referral = 'self'
  if (choices.comesToYou) words.delivery = WITHOUT_TRAVEL
  if (choices.free) words.free = 'true'
  if (choices.stepFree) words.accessible = 'step_free'
  if (choices.takingPeople) words.accepting = 'yes'
  if (choices.age) words.age = choices.age
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
  return choices as unknown as Choices
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

/** A run that is as long as it may be was perhaps cut off. */
export function mayBeMore({ found }: Nearby): boolean {
  return (['sure', 'possible'] as const).some(run => found.filter(item => item.run === run).length >= RUN_LIMIT)
}

/** Where somebody is does not choose what is drawn, and must not stand in an address. */
export function tileWords({ near: _near, within: _within, limit: _limit, ...chosen }: NearbyWords): TileWords {
  return chosen.q ? { ...chosen, q: shareable(chosen.q) } : chosen
}
