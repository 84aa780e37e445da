// The map beside the results: keeps the map in step with the list, and the list with the map.
import { useEffect } from 'preact/hooks'
import { openResultsMap, type Marker } from '../map/index.ts'
import type { Point } from '../state/record.ts'
import { goTo, RECORD_SCREENS } from '../state/route.ts'
import { chooseAndSearch, crowd, pointedAt, search, type Nearby } from '../state/search.ts'
import { words } from '../words/index.ts'
import { MapBox, useMap } from './map-panel.tsx'

export function ResultsMapPanel({ answer }: { answer: Nearby }) {
  const { box, map, state } = useMap((element, ground) => openResultsMap(element, ground, { onPoint, onChoose: openFrom, onOpen: openCard, onLookCloser: searchAt }))
  const home = search.value.asked?.where ? answer.near : null
  useEffect(() => map?.show(markersOf(answer), home), [map, answer])
  const all = crowd.value
  useEffect(() => map?.showCrowd(all?.tiles ?? null), [map, all])
  const pointed = pointedAt.value
  useEffect(() => map?.pointAt(pointed?.ids ?? []), [map, pointed])
  return (
    <div class="results__map">
      <MapBox box={box} state={state} />
      {map && (
        <button class="map-button" type="button" onClick={() => searchAt(map.middle())}>
          {words.find.searchHere}
        </button>
      )}
      {map && all && <p class="map-note" role="status">{words.find.crowd(all.count)}</p>}
    </div>
  )
}

function onPoint(ids: string[]) {
  const now = pointedAt.value?.ids ?? []
  if (ids.join() !== now.join()) pointedAt.value = ids.length ? { ids, from: 'map' } : null
}

function openCard(kind: string, id: string) {
  if (RECORD_SCREENS.some(name => name === kind)) goTo(`#/${kind}/${id}`)
}

/** What is nearest to a point of the map comes first in the list. */
function searchAt({ lon, lat }: Point) {
  chooseAndSearch({ where: `${lat.toFixed(4)},${lon.toFixed(4)}` })
}

/** One at that point: its card. Several: the list shows which. */
function openFrom(ids: string[]) {
  const [first] = ids
  if (!first) return
  pointedAt.value = { ids, from: 'map' }
  const link = document.querySelector<HTMLAnchorElement>(`.result a[href$="/${first}"]`)
  if (ids.length === 1 && link) goTo(link.hash)
  else link?.focus()
}

/** Results at the very same point share a marker, which carries the first number and how many more there are. */
export function markersOf({ found }: Nearby): Marker[] {
  const byPoint = new Map<string, Marker>()
  found.forEach((item, index) => {
    if (!item.point) return
    const key = `${item.point.lon},${item.point.lat}`
    const there = byPoint.get(key)
    if (there) there.ids.push(item.id)
    else byPoint.set(key, { ids: [item.id], point: item.point, label: String(index + 1), run: item.run })
  })
  return [...byPoint.values()].map(marker => (marker.ids.length > 1 ? { ...marker, label: `${marker.label}+` } : marker))
}
