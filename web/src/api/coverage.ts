// Asking who can get there: the coverage analysis, its shapes for the map and its table for the download.
import type { FeatureCollection } from 'geojson'
import { ask, askForFile, questionAddress, type Query } from './http.ts'
import type { Coverage as Answer, CoveredArea, EvidenceAgain as Again, Sums } from './schema.d.ts'

export type { CoveredArea }
export type Totals = Sums
/** With its neighbourhoods, which are always asked for here. */
export type Coverage = Answer & Required<Pick<Answer, 'per_area'>>

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
export type EvidenceAgain = Omit<Again, 'then'> & { then: Totals | null }

/** What was kept may be the totals alone, or (as we keep it) the totals beside reach and neighbourhood. */
export function askEvidenceAgain(gap: string): Promise<EvidenceAgain> {
  return ask<EvidenceAgain>(`gaps/${gap}/evidence`, { method: 'POST' })
}
