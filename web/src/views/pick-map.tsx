// The map behind "Click the map instead". Opened only when asked for; by keyboard its middle can be taken.
import { useEffect, useState } from 'preact/hooks'
import { openPickMap } from '../map/index.ts'
import type { Point } from '../state/record.ts'
import { words } from '../words/index.ts'
import { MapBox, useMap } from './map-panel.tsx'

interface PickProps {
  point: Point | null
  onPick: (point: Point) => void
}

export function PickMapPanel(props: PickProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="nhsuk-details" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary class="nhsuk-details__summary">
        <span class="nhsuk-details__summary-text">{words.found.where.map}</span>
      </summary>
      {isOpen && <OpenPickMap {...props} />}
    </details>
  )
}

function OpenPickMap({ point, onPick }: PickProps) {
  const { box, map, state } = useMap((element, ground) => openPickMap(element, ground, picked => onPick(rounded(picked))))
  useEffect(() => map?.show(point), [map, point])
  return (
    <div class="pick-map">
      <p class="nhsuk-hint">{words.found.where.mapHint}</p>
      <div class="pick-map__frame">
        <MapBox box={box} state={state} />
        {map && <span class="pick-map__middle" aria-hidden="true" />}
      </div>
      {map && (
        <button class="nhsuk-button nhsuk-button--secondary" type="button" onClick={() => onPick(rounded(map.middle()))}>
          {words.found.where.middle}
        </button>
      )}
    </div>
  )
}

function rounded({ lon, lat }: Point): Point {
  return { lon: Number(lon.toFixed(5)), lat: Number(lat.toFixed(5)) }
}
