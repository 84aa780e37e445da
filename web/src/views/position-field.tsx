// Where something is: by typing a postcode or a town, by "I am here now", or by clicking the map.
import { useState } from 'preact/hooks'
import type { Position } from '../state/drafts.ts'
import { whereAmI } from '../state/here.ts'
import type { Point } from '../state/record.ts'
import { isKnownGround, nearestTown, townsLike } from '../state/reference.ts'
import { isPostcode, tidyPostcode } from '../state/where.ts'
import { Note } from '../ui/messages.tsx'
import { Suggest } from '../ui/suggest.tsx'
import { words } from '../words/index.ts'
import { useField } from './draft-fields.tsx'
import { PickMapPanel } from './pick-map.tsx'
import { offerTowns } from './town-offers.ts'

export function PositionField({ label }: { label: string }) {
  const { value, set, error } = useField('where')
  const typed = useField('whereTyped')
  const position = value as Position | null | undefined
  const take = (next: Position | null, text: string) => {
    set(next)
    typed.set(text)
  }
  const text = String(typed.value ?? '')
  return (
    <fieldset class="position">
      <legend class="nhsuk-fieldset__legend">{label}</legend>
      <Suggest
        id="where"
        label={words.found.where.typed}
        value={text}
        error={error}
        offer={offerTowns}
        onInput={input => take(positionTyped(input), input)}
        onChoose={({ text: name }) => take(positionTyped(name), name)}
      />
      <Here onFound={point => take(positionAt(point, 'here'), '')} />
      <PickMapPanel point={position?.point ?? null} onPick={point => take(positionAt(point, 'map'), '')} />
      <div role="status">
        <Said position={position ?? null} text={text} />
      </div>
    </fieldset>
  )
}

function Here({ onFound }: { onFound: (point: Point) => void }) {
  const [state, setState] = useState<'no' | 'asking' | 'failed'>('no')
  const find = async () => {
    setState('asking')
    const point = await whereAmI()
    setState(point ? 'no' : 'failed')
    if (point) onFound(point)
  }
  return (
    <>
      <button class="nhsuk-button nhsuk-button--secondary" type="button" onClick={() => void find()}>
        {state === 'asking' ? words.found.where.finding : words.found.where.here}
      </button>
      {state === 'failed' && <Note tone="warn">{words.found.where.hereFailed}</Note>}
    </>
  )
}

function Said({ position, text }: { position: Position | null; text: string }) {
  if (!position) return text.length > 2 ? <p class="chosen chosen--not">{words.found.where.notAPlace}</p> : null
  const isOutside = position.point && isKnownGround(position.point) === false
  return (
    <>
      <p class="chosen">✓ {position.label}</p>
      {isOutside && <Note tone="warn">{words.found.where.outside}</Note>}
    </>
  )
}

function positionTyped(text: string): Position | null {
  if (isPostcode(text)) {
    const postcode = tidyPostcode(text)
    return { how: 'typed', label: words.found.where.byPostcode(postcode), point: null, postcode }
  }
  const town = townsLike(text, 1)[0]
  if (town?.name.toLowerCase() !== text.trim().toLowerCase()) return null
  return { how: 'typed', label: town.name, point: { lon: town.lon, lat: town.lat }, postcode: null }
}

function positionAt(point: Point, how: 'map' | 'here'): Position {
  const town = nearestTown(point)
  const numbers = `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`
  return { how, point, postcode: null, label: town ? `${words.found.where.near(town.name)} (${numbers})` : numbers }
}
