// Who is reached and how, counted from an answer. Pure.
import type { Coverage, CoveredArea } from '../api/coverage.ts'
import type { Numbers } from '../words/coverage.ts'

/** Who lives near, who is reached without a journey, who perhaps, and who not at all: four numbers that add up. */
export function counted(result: Coverage): Numbers {
  const { weight, weight_covered, weight_unsure, areas } = result.total
  const without = result.per_area.filter(isReachedWithoutTravel).reduce((sum, area) => sum + area.weight, 0)
  const left = Math.max(0, weight - weight_covered - weight_unsure)
  return { total: weight, near: Math.max(0, weight_covered - without), without, unsure: weight_unsure, left, areas, areasLeft: notReached(result).length }
}

export function isReachedWithoutTravel(area: CoveredArea): boolean {
  return area.covered && area.by !== null
}

/** Neighbourhoods nobody can get there from, those with the most people first. */
export function notReached(result: Coverage): CoveredArea[] {
  return result.per_area.filter(area => !area.covered && !area.possible).sort((a, b) => b.weight - a.weight)
}
