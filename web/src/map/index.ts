// The map as the views know it: three kinds of map, opened when they are first looked at. The map library itself is
// fetched only then, so that the first page is usable without it; where it cannot draw, null says so.
import type { Point } from '../state/record.ts'
import type { AreasMap, Ground, PickMap, Pointing, ResultsMap } from './types.ts'

export type { AreasMap, Ground, Marker, PickMap, Pointing, ResultsMap } from './types.ts'

export async function openResultsMap(box: HTMLElement, ground: Ground, pointing: Pointing): Promise<ResultsMap | null> {
  return canDraw() ? (await import('./results.ts')).resultsMap(box, ground, pointing) : null
}

export async function openAreasMap(box: HTMLElement, ground: Ground, onPoint: (code: string | null) => void): Promise<AreasMap | null> {
  return canDraw() ? (await import('./areas.ts')).areasMap(box, ground, onPoint) : null
}

export async function openPickMap(box: HTMLElement, ground: Ground, onPick: (point: Point) => void): Promise<PickMap | null> {
  return canDraw() ? (await import('./pick.ts')).pickMap(box, ground, onPick) : null
}

function canDraw(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null
}
