// Asking who can get there: the coverage analysis, its shapes for the map and its table for the download.
import type { FeatureCollection } from 'geojson'
import { ask, askForFile, questionAddress, type Query } from './http.ts'

export interface Totals {
  areas: number
  areas_covered: number
  weight: number
  weight_covered: number
  share: number | null
  share_possible: number | null
  weight_unsure: number
  weight_from_outside: number
  /** Neighbourhoods that do not say how many people they have: counted as areas, and nowhere else. */
  areas_without_weight: number
}

export interface CoveredArea {
  id: string
  code: string
  name: string
  weight: number
  nearest_m: number | null
  covered: boolean
  /** Reached only by what does not say enough. */
  possible: boolean
  by: string | null
}

export interface Coverage {
  revision: number
  /** What the caller was allowed to see when this was computed. */
  view: string
  reach: { within_m: number; rule: string }
  areas: string
  weight: string
  total: Totals
  groups: (Totals & { key: string })[]
  ignored: string[]
  per_area: CoveredArea[]
}

export interface CoverageQuery extends Query {
  within: string
  areas: string
  weight?: string
  by?: string
  kind?: string
  category?: string
  type?: string
  referral?: string
}

export function coverage(query: CoverageQuery): Promise<Coverage> {
  return ask<Coverage>('coverage', { query: { ...query, include: 'per_area' } })
}

export function coverageShapes(query: CoverageQuery): Promise<FeatureCollection> {
  return ask<FeatureCollection>('coverage', { query: { ...query, include: 'per_area', format: 'geojson' } })
}

export function coverageFile(query: CoverageQuery): Promise<Blob> {
  return askForFile('coverage', { ...query, include: 'per_area', format: 'csv' })
}

/** What a gap keeps as its evidence, so that anybody can run the question again. */
export function coverageAddress(query: CoverageQuery): string {
  return questionAddress('coverage', query)
}

/** The numbers kept with a gap, and the same question answered now. */
export interface EvidenceAgain {
  then: Totals | null
  now: Totals
  changed: boolean
}

/** What was kept may be the totals alone, or (as we keep it) the totals beside reach and neighbourhood. */
export function askEvidenceAgain(gap: string): Promise<EvidenceAgain> {
  return ask<EvidenceAgain>(`gaps/${gap}/evidence`, { method: 'POST' })
}
