// Opening times between the machines' way of writing them ("Mo-Fr 09:00-17:00", OSM) and plain words. Only the common
// cases are put into words; anything else is shown as it stands rather than guessed at.
import type { Recurring } from '../api/records.ts'
import { words } from '../words/index.ts'

export const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const
export type Day = (typeof DAYS)[number]

const RULE = /^(?:((?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)[A-Za-z0-9,\-\[\] ]*?)(?:\s+|$))?((?:\d{1,2}:\d\d-\d{1,2}:\d\d)(?:\s*,\s*\d{1,2}:\d\d-\d{1,2}:\d\d)*|off|closed)?(?:\s*"([^"]+)")?$/
const DAY_PART = /^(Mo|Tu|We|Th|Fr|Sa|Su)(?:-(Mo|Tu|We|Th|Fr|Sa|Su))?(?:\[((?:[1-5]|-1)(?:,(?:[1-5]|-1))*)\])?$/
// Marks between rules, and between days, not those inside a comment or brackets.
const BETWEEN_RULES = /\s*;\s*(?=(?:[^"]*"[^"]*")*[^"]*$)/
const BETWEEN_DAYS = /,(?![^[]*\])/

/** One line for each rule, or null when some of it is not understood. */
export function timesInWords(text: string): string[] | null {
  if (/^24\/7$/.test(text.trim())) return [words.times.always]
  const [rules = '', otherwise, ...more] = text.trim().split(/\s*\|\|\s*/)
  if (more.length) return null
  const lines = rules.split(BETWEEN_RULES).filter(Boolean).map(ruleInWords)
  if (otherwise) lines.push(otherwiseInWords(otherwise))
  return lines.length && lines.every(line => line !== null) ? (lines as string[]) : null
}

export function scheduleInWords(schedule: string | Recurring): string[] {
  if (typeof schedule === 'string') return timesInWords(schedule) ?? [schedule]
  return recurringInWords(schedule)
}

/** What the form's day boxes and two times say, in OSM words. */
export function timesFromForm(days: readonly string[], from: string, until: string): string | null {
  const chosen = DAYS.filter(day => days.includes(day))
  if (!chosen.length || !from || !until) return null
  return `${chosen.join(',')} ${from}-${until}`
}

export type TimesFault = 'days' | 'from' | 'until' | 'order'

/** A day without its times, or a time without its day, cannot be kept: what to ask for. */
export function timesFault(days: readonly string[], from: string, until: string): TimesFault | null {
  if (!days.length && !from && !until) return null
  if (!days.length) return 'days'
  if (!from) return 'from'
  if (!until) return 'until'
  return until <= from ? 'order' : null
}

function ruleInWords(rule: string): string | null {
  const parts = RULE.exec(rule)
  if (!parts) return null
  const [, days, times = '', comment] = parts
  if (!times && !comment) return null
  if (!days && !times) return comment!
  const when = days ? daysInWords(days.trim()) : words.times.everyDay
  if (!when) return null
  const shut = times === 'off' || times === 'closed'
  const spans = times.split(/\s*,\s*/).filter(Boolean).map(spanInWords)
  const said = shut ? words.times.closed(when) : [when, spans.join(words.times.and)].filter(Boolean).join(', ')
  return comment ? words.times.comment(said, comment) : said
}

/** What holds when nothing else does: only a comment can be put into words. */
function otherwiseInWords(rule: string): string | null {
  const comment = /^"([^"]+)"$/.exec(rule)?.[1]
  return comment ? words.times.otherwise(comment) : null
}

function daysInWords(text: string): string | null {
  if (text === 'PH') return words.times.bankHolidays
  if (text === 'SH') return words.times.schoolHolidays
  if (text === 'Mo-Su') return words.times.everyDay
  const names = text.split(BETWEEN_DAYS).map(part => dayPartInWords(part.trim()))
  if (names.some(name => name === null)) return null
  return joinAnd(names as string[])
}

function dayPartInWords(part: string): string | null {
  if (part === 'PH') return words.times.bankHolidays
  if (part === 'SH') return words.times.schoolHolidays
  const match = DAY_PART.exec(part)
  if (!match) return null
  const [, from, to, nth] = match
  const day = words.days[from as Day]
  if (nth) return joinAnd(nth.split(',').map(n => words.times.nthInMonth(Number(n), day)))
  return to ? words.times.range(day, words.days[to as Day]) : day
}

function spanInWords(span: string): string {
  const [from = '', until = ''] = span.split('-')
  return words.times.span(clock(from), clock(until))
}

/** "14:00" → "2pm", "09:30" → "9.30am". */
export function clock(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  if (minutes === 0 && hours % 24 === 0) return words.times.midnight
  if (minutes === 0 && hours === 12) return words.times.noon
  const half = hours % 24 < 12 ? 'am' : 'pm'
  const hour = hours % 12 === 0 ? 12 : hours % 12
  return minutes ? `${hour}.${String(minutes).padStart(2, '0')}${half}` : `${hour}${half}`
}

function recurringInWords({ rrule, start, minutes }: Recurring): string[] {
  const rule = Object.fromEntries(rrule.split(';').map(part => part.split('=', 2))) as Record<string, string>
  const from = /T(\d\d:\d\d)/.exec(start)?.[1]
  const days = (rule['BYDAY'] ?? '').split(',').map(ruleDayInWords)
  if (!from || !['WEEKLY', 'MONTHLY'].includes(rule['FREQ'] ?? '') || days.some(day => day === null)) return [rrule]
  const when = joinAnd(days as string[])
  const often = rule['INTERVAL'] && rule['INTERVAL'] !== '1' ? words.times.everySo(Number(rule['INTERVAL']), when) : when
  return [`${often}, ${words.times.span(clock(from), clock(later(from, minutes)))}`]
}

function ruleDayInWords(text: string): string | null {
  const parts = /^(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text)
  if (!parts) return null
  const day = words.days[(parts[2]![0] + parts[2]![1]!.toLowerCase()) as Day]
  return parts[1] ? words.times.nthInMonth(Number(parts[1]), day) : day
}

function later(time: string, minutes: number): string {
  const [hours = 0, mins = 0] = time.split(':').map(Number)
  const total = hours * 60 + mins + minutes
  return `${Math.floor(total / 60) % 24}:${String(total % 60).padStart(2, '0')}`
}

export function joinAnd(items: string[]): string {
  return joined(items, words.times.and)
}

export function joinOr(items: string[]): string {
  return joined(items, words.times.or)
}

function joined(items: string[], last: string): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')}${last}${items.at(-1)}`
}
