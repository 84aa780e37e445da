// The shaded map of the answer, its legend, and in words the neighbourhood that is pointed at.
import { useEffect } from 'preact/hooks'
import { openAreasMap } from '../map/index.ts'
import { areaPointedAt, isReachedWithoutTravel, type Answer, type CoveredArea } from '../state/coverage.ts'
import { words } from '../words/index.ts'
import { MapBox, useMap } from './map-panel.tsx'

export function CoverageMap({ answer }: { answer: Answer }) {
  const { box, map, state } = useMap((element, ground) => openAreasMap(element, ground, code => (areaPointedAt.value = code)))
  const { shapes, result } = answer
  const pointed = areaPointedAt.value
  useEffect(() => {
    if (shapes) map?.show(shapes)
  }, [map, shapes])
  useEffect(() => map?.pointAt(pointed), [map, pointed])
  return (
    <figure class="coverage-map">
      <MapBox box={box} state={shapes ? state : 'none'} />
      <figcaption>
        <ul class="legend" aria-label={words.coverage.legendLabel}>
          <li>
            <span class="legend__key legend__key--reached" aria-hidden="true" /> {words.coverage.legend.covered}
          </li>
          {result.per_area.some(isReachedWithoutTravel) && (
            <li>
              <span class="legend__key legend__key--without" aria-hidden="true" /> {words.coverage.legend.without}
            </li>
          )}
          {result.per_area.some(area => area.possible && !area.covered) && (
            <li>
              <span class="legend__key legend__key--perhaps" aria-hidden="true" /> {words.coverage.legend.perhaps}
            </li>
          )}
          <li>
            <span class="legend__key legend__key--missed" aria-hidden="true" /> {words.coverage.legend.not}
          </li>
          {hasPoints(answer) && <li>{words.coverage.legend.size}</li>}
        </ul>
        <p class="coverage-map__said">{saidOf(answer, pointed)}</p>
      </figcaption>
    </figure>
  )
}

function hasPoints({ shapes }: Answer): boolean {
  return shapes?.features.some(feature => feature.geometry?.type === 'Point') ?? false
}

function saidOf({ result }: Answer, code: string | null): string {
  const area = result.per_area.find(one => one.code === code)
  if (!area) return ''
  const far = area.nearest_m === null ? '' : `, ${words.find.miles(area.nearest_m)}`
  return `${area.name}: ${words.card.people(Math.round(area.weight))}. ${reached(area)}${far}.`
}

function reached(area: CoveredArea): string {
  const { covered, without, perhaps, not } = words.coverage.legend
  if (isReachedWithoutTravel(area)) return without
  return area.covered ? covered : area.possible ? perhaps : not
}
