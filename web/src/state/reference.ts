// The instance's own words and places, read once: towns, categories, everyday words, neighbourhoods. The service
// worker keeps the last answers, so that a form can offer them with no signal too.
import { batch, computed, signal } from '@preact/signals-core'
import { about as readAbout, allCategories, areaSets as readAreaSets, towns as readTowns } from '../api/reference.ts'
import { nearMisses } from './matching.ts'
import type { About, AreaSet, Basemap, Town } from '../api/reference.ts'
import type { AnyRecord, Point } from '../api/records.ts'

export type { AreaSet, Basemap, Town }

/** The biggest; where there are more, smaller ones are asked for when their names are typed. */
const TOWNS_KEPT = 500
const TOWNS_ASKED = 20

export const about = signal<About | null>(null)
export const towns = signal<Town[]>([])
export const categories = signal<AnyRecord[]>([])
/** Categories beyond those that are read. */
export const categoriesLeft = signal(0)
export const areaSets = signal<AreaSet[]>([])

export const serviceCategories = computed(() => inTaxonomy('services').sort((a, b) => a.name.localeCompare(b.name)))
/** In the order of their keeper, who puts first what is asked for most. */
export const everydayWords = computed(() => inTaxonomy('everyday'))

/** Whom else the map asks for its pictures, where the operator chose so. */
export const thirdParty = computed(() => (about.value?.basemap?.kind === 'style' ? about.value.basemap.host : null))

let readingAbout: Promise<About | null> | null = null

/** What is known of the instance, waited for if it is still on its way; null if it cannot be had now. */
export function knownAbout(): Promise<About | null> {
  if (about.value) return Promise.resolve(about.value)
  readingAbout ??= readAbout()
    .then(read => (about.value = read))
    .catch(() => null)
    .finally(() => (readingAbout = null))
  return readingAbout
}

/** Reads what is not there yet; `again`: all of it, so that the service worker, now at work, keeps the answers. */
export async function loadReference({ again = false } = {}) {
  const wanted = <T>(isThere: unknown, read: () => Promise<T>) => (again || !isThere ? read() : null)
  await Promise.allSettled([
    again ? readAbout().then(read => (about.value = read)) : knownAbout(),
    wanted(towns.value.length, async () => (towns.value = await readTowns('', TOWNS_KEPT))),
    wanted(categories.value.length, async () => {
      const { items, left } = await allCategories()
      batch(() => {
        categories.value = items
        categoriesLeft.value = left
      })
    }),
    wanted(areaSets.value.length, async () => (areaSets.value = await readAreaSets())),
  ])
}

export function categoryName(id: string): string | null {
  return categories.value.find(category => category.id === id)?.name ?? null
}

export function townsLike(text: string, limit: number): Town[] {
  const start = text.trim().toLowerCase()
  if (start.length < 2) return []
  const rank = (town: Town) => (town.name.toLowerCase().startsWith(start) ? 0 : 10) + town.size
  return towns.value
    .filter(town => town.name.toLowerCase().includes(start))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, limit)
}

/** The same, having asked for those that are not kept here. A postcode is not asked about in an address. */
export async function townsFound(text: string, limit: number): Promise<Town[]> {
  const start = text.trim()
  if (towns.value.length >= TOWNS_KEPT && start.length > 1 && !/\d/.test(start)) {
    const more = await readTowns(start, TOWNS_ASKED).catch(() => [])
    const isNew = ({ lon, lat }: Town) => !towns.value.some(town => town.lon === lon && town.lat === lat)
    towns.value = [...towns.value, ...more.filter(isNew)]
  }
  return townsLike(text, limit)
}

/** Towns whose names are nearly what was typed. */
export function townsNearly(text: string): string[] {
  return nearMisses(text, towns.value.map(({ name }) => name), 2)
}

export function nearestTown(point: Point): Town | null {
  const squash = Math.cos((point.lat * Math.PI) / 180)
  const away = (town: Town) => ((town.lon - point.lon) * squash) ** 2 + (town.lat - point.lat) ** 2
  return towns.value.reduce<Town | null>((best, town) => (!best || away(town) < away(best) ? town : best), null)
}

export function nearestTownName(point: Point | null | undefined): string | null {
  return (point && nearestTown(point)?.name) || null
}

/** Whether the position lies within what this instance knows; null while that is not known. */
export function isKnownGround(point: Point): boolean | null {
  const bounds = about.value?.bounds
  if (!bounds) return null
  const [west, south, east, north] = bounds
  return point.lon >= west && point.lon <= east && point.lat >= south && point.lat <= north
}

function inTaxonomy(taxonomy: string): AnyRecord[] {
  return categories.value.filter(category => category.taxonomy === taxonomy)
}
