// Asking who can get there: the coverage analysis, its shapes for the map and its table for the download.
import type { FeatureCollection } from 'geojson'
import { ask, askForFile, NoSignal, questionAddress } from './http.ts'
import type { Coverage as Answer, CoverageShapes, CoveredArea, EvidenceAgain as Again, Sums } from './schema.d.ts'
import type { WordsOf } from './words.ts'

export type { CoveredArea }
export type Totals = Sums
/** With its neighbourhoods, which are always asked for here. */
export type Coverage = Answer & Required<Pick<Answer, 'per_area'>>

type Words = WordsOf<'/api/v1/coverage'>
/** What is asked, whatever the form of the answer. */
export type CoverageQuery = Omit<Words, 'include' | 'format'>

export interface Shaped {
  result: Coverage
  /** For the map; none where they were too much for the line. */
  shapes: FeatureCollection | null
}

/** Asked once: the shapes carry every number. Where they do not come through, the numbers may. */
export async function coverage(query: CoverageQuery): Promise<Shaped> {
  try {
    return parted(await ask<CoverageShapes>('coverage', { query: inFull(query, 'geojson') }))
  } catch (error) {
    if (!(error instanceof NoSignal)) throw error
    return { result: await ask<Coverage>('coverage', { query: inFull(query, 'json') }), shapes: null }
  }
}

/** A neighbourhood without any position is in the table only. */
function parted({ type, features, ...sums }: CoverageShapes): Shaped {
  const drawn = features.flatMap(({ geometry, ...rest }) => (geometry ? [{ ...rest, geometry }] : []))
  return { result: { ...sums, per_area: features.map(({ properties }) => properties) }, shapes: { type, features: drawn } }
}

function inFull(query: CoverageQuery, format: Words['format']): Words {
  return { ...query, include: ['per_area'], format }
}

export function coverageFile(query: CoverageQuery): Promise<Blob> {
  return askForFile('coverage', inFull(query, 'csv'))
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
