// A list before it is brought in, as rules without a screen: what it is called, what is asked of the server, what is
// still missing, and what its answers come to. Pure.
import type { Explained, Imported, ListColumn, ListWords, RowProblem } from '../api/imports.ts'
import { bringIn } from '../words/bring-in.ts'
import type { Step } from './route.ts'

export const LIST_KINDS = ['place', 'service', 'organisation', 'area', 'resource'] as const
export type ListKind = (typeof LIST_KINDS)[number]

/** What somebody says of the file before it is looked at. */
export interface ListChoice {
  kind: ListKind | ''
  list: string
  origin: string
  areaSet: string
  type: string
  side: string
  category: string
  noHeader: boolean
}

export const NO_CHOICE: ListChoice = { kind: '', list: '', origin: '', areaSet: '', type: '', side: '', category: '', noHeader: false }

/** What somebody says of its columns: field by column number, and the column that tells rows apart (none: found out). */
export interface ColumnChoice {
  takeAs: Record<number, string>
  key: string
}

export const NO_COLUMNS: ColumnChoice = { takeAs: {}, key: '' }

/** A fault, and the id of the control it is about. */
export interface ListFault {
  field: string
  message: string
}

/** What rows need, and neither a column nor one word for all of them says. */
export type Missing = 'name' | 'position' | 'code' | 'type' | 'side'

const PLACE_FIELDS = ['address', 'postcode', 'lat', 'lon', 'lat_lon', 'easting', 'northing', 'grid_ref']
const REACH_FIELDS = ['phone', 'email', 'website', 'contact_role']
const TIME_FIELDS = ['status', 'closed', 'from', 'until']
const ACCESS_FIELDS = ['accessible.step_free', 'accessible.toilet', 'accessible.parking']

/** The fields that lists of a kind commonly hold, by group, in the order in which they are offered. */
export const FIELDS: Record<ListKind, Partial<Record<keyof typeof bringIn.groups, string[]>>> = {
  place: {
    what: ['name', 'type', 'description', 'provider.name'],
    where: PLACE_FIELDS,
    when: ['hours', ...TIME_FIELDS],
    reach: REACH_FIELDS,
    more: [...ACCESS_FIELDS, 'identifiers.ODS', 'identifiers.UPRN'],
  },
  service: {
    what: ['name', 'categories', 'description', 'provider.name'],
    where: ['place.name', ...PLACE_FIELDS, 'delivery', 'service_area'],
    when: ['schedule', ...TIME_FIELDS],
    who: ['eligibility.min_age', 'eligibility.max_age', 'eligibility.group', 'referral', 'accepting.value', 'capacity.free', 'capacity.waiting_weeks', 'languages'],
    reach: REACH_FIELDS,
    more: ['cost.free', 'cost.text', 'first_visit', 'provider.identifiers.GB-CHC'],
  },
  organisation: {
    what: ['name', 'type', 'description'],
    where: PLACE_FIELDS,
    reach: REACH_FIELDS,
    more: ['identifiers.GB-CHC', 'identifiers.GB-COH', 'identifiers.ODS'],
  },
  area: {
    what: ['code', 'name', 'population'],
    where: ['lat', 'lon', 'lat_lon', 'easting', 'northing', 'wkt'],
  },
  resource: {
    what: ['name', 'type', 'side', 'description', 'use', 'provider.name'],
    where: ['place.name', ...PLACE_FIELDS],
    when: ['slots', ...TIME_FIELDS],
    reach: REACH_FIELDS,
    more: ['cost.text', 'seats', 'square_metres'],
  },
}

/** Kinds of which each row needs a type (and resources a side), from a column or for all rows alike. */
export const TYPES: Partial<Record<ListKind, string[]>> = {
  place: ['hub', 'hospital', 'clinic', 'gp_practice', 'pharmacy', 'community_centre', 'library', 'faith', 'school', 'leisure', 'green_space', 'care_home', 'other'],
  organisation: ['voluntary', 'community_group', 'social_enterprise', 'nhs_trust', 'nhs_foundation_trust', 'primary_care', 'local_authority', 'commissioner', 'education', 'private', 'other'],
  resource: ['skill', 'volunteer_time', 'room', 'equipment', 'transport', 'funding', 'knowledge'],
}

/** The list's name from its file's: a copy, and the same list of another month, are the same list. */
export function listName(fileName: string): string {
  const stem = fileName.replace(/^.*[/\\]/, '').replace(/(?<=.)\..*$/, '')
  const bare = withoutCopyMarks(stem)
  const undated = bare.replace(/(?<=^|[_\- ])\d+(?:[_\- ]\d+)*(?=$|[_\- ])/g, run => (run.split(/[_\- ]/).some(isYear) ? '' : run))
  return tidy(undated) || bare
}

function withoutCopyMarks(stem: string): string {
  let bare = stem.replace(/^copy of /i, '')
  for (;;) {
    const shorter = bare.replace(/[ _-]*\(\d+\)[ _-]*$/, '').replace(/(?<=.)[ _-]+copy( ?\d+)?[ _-]*$/i, '')
    if (shorter === bare || !shorter) return bare
    bare = shorter
  }
}

function isYear(part: string): boolean {
  return [4, 6, 8].includes(part.length) && /^(19|20)/.test(part)
}

function tidy(name: string): string {
  return name.replace(/([_\- ])[_\- ]+/g, '$1').replace(/^[_\- ]+|[_\- ]+$/g, '')
}

/** What has to be said before the file is sent anywhere. */
export function choiceFaults(choice: ListChoice, hasFile: boolean): ListFault[] {
  const said = bringIn.faults
  return [
    hasFile ? null : { field: 'file', message: said.file },
    choice.kind ? null : { field: 'kind', message: said.kind },
    choice.kind === 'area' && !choice.areaSet.trim() ? { field: 'area-set', message: said.areaSet } : null,
    choice.list.trim() ? null : { field: 'list', message: said.list },
    choice.origin ? null : { field: 'origin', message: said.origin },
  ].filter(fault => fault !== null)
}

/** What is asked of the server. A field that every row shares is said once, and no column then. */
export function listWords(choice: ListChoice, columns: ColumnChoice, fileName: string): ListWords {
  const { kind, type, side, category } = choice
  const set: [string, string][] = []
  if (type && kind && TYPES[kind]) set.push(['type', type])
  if (kind === 'resource' && side) set.push(['side', side])
  if (kind === 'service' && category) set.push(['categories', category])
  return {
    kind,
    file: fileName,
    list: choice.list.trim(),
    origin: choice.origin,
    ...(kind === 'area' ? { area_set: choice.areaSet.trim() } : {}),
    ...(columns.key ? { key: columns.key } : {}),
    no_header: choice.noHeader,
    map: Object.entries(columns.takeAs).map(([number, field]): [string, number] => [field, Number(number)]),
    set,
  }
}

interface Said {
  field: string | null
  code: string
  message: string
}

/** Which column is missing, if that is what the server says. */
export function missingColumn(problems: Said[]): Missing | null {
  const found = problems.find(({ code, field }) => code === 'required' && MISSING.some(what => what === field))
  return (found?.field as Missing | undefined) ?? null
}

const MISSING: Missing[] = ['name', 'position', 'code', 'type', 'side']

/** With something in the place of what is missing the server can show the columns, so that the right one can be chosen. */
export function withStandIns(asked: ListWords, missing: Missing[]): ListWords {
  const type = asked.kind === 'resource' ? 'skill' : 'other'
  const standIns: Record<Missing, [field: string, value: string]> = {
    name: ['name', 'x'],
    position: ['postcode', 'x'],
    code: ['code', 'x'],
    type: ['type', type],
    side: ['side', 'offered'],
  }
  return { ...asked, set: [...asked.set, ...missing.map(what => standIns[what])] }
}

/** What the server found wrong with the file or with what was said of it, each at its control. */
export function refusedFaults(problems: Said[], title: string): ListFault[] {
  const said = bringIn.faults
  const faults = problems.map(({ field, code, message }): ListFault => {
    if (field === 'area_set') return { field: 'area-set', message: said.areaSet }
    if (code === 'not_this_format' && message.includes('--no-header')) return { field: 'no-header', message: said.noHeader }
    return { field: 'file', message: bringIn.plainly(message) }
  })
  return faults.length ? faults : [{ field: 'file', message: title }]
}

/** What a column was taken for, in the words of the screens. */
export function takenAs(column: ListColumn): string {
  return column.taken_as ? bringIn.taken(column.taken_as) : bringIn.notTaken
}

/** What the first column that answers what is missing would have to be taken as. */
export function missingFaults(missing: Missing[]): ListFault[] {
  return missing.map(what => ({ field: 'take-1', message: bringIn.missing[what] }))
}

/** How many cells became what, leaving out what there is none of. */
export function cellCounts({ taken, kept, left_out, filled }: ListColumn): string {
  return filled ? bringIn.cells(taken, kept, left_out) : bringIn.empty
}

/** The figures of a run: how many rows would be, or were, what. */
export function figures(run: Imported): { key: 'created' | 'updated' | 'unchanged' | 'refused'; count: number }[] {
  return (['created', 'updated', 'unchanged', 'refused'] as const).map(key => ({ key, count: run[key] }))
}

/** Whether bringing it in would do anything. */
export function doesAnything({ created, updated }: Imported): boolean {
  return created + updated > 0
}

/** Problems or warnings to show one by one, and how many more there are. */
export function firstOf(said: RowProblem[], byCode: Record<string, number>): { shown: RowProblem[]; more: number } {
  const all = Math.max(said.length, Object.values(byCode).reduce((sum, count) => sum + count, 0))
  const shown = said.slice(0, MOST_SHOWN)
  return { shown, more: all - shown.length }
}

const MOST_SHOWN = 20

/** Refused rows as a file; a mark at its head tells Excel how its letters are written, and reading takes it off. */
export function refusedFile({ list, refused_csv, refused_geojson }: Imported): { name: string; text: string; type: string } | null {
  if (refused_geojson !== undefined) return { name: `${list} – refused.geojson`, text: refused_geojson, type: 'application/geo+json' }
  if (refused_csv !== undefined) return { name: `${list} – refused.csv`, text: `\uFEFF${refused_csv}`, type: 'text/csv;charset=utf-8' }
  return null
}

/** The step that can be shown: an address may name one whose answers are not there (any more). */
export function shownStep(wanted: Step, has: { explained: Explained | null; tried: Imported | null; done: Imported | null }): Step {
  if (wanted === 'done' && has.done) return 'done'
  if (wanted === 'try' && has.tried) return 'try'
  if ((wanted === 'try' || wanted === 'look') && has.explained) return 'look'
  return 'choose'
}
