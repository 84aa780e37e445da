// Where the thing on a card is.
import { useEffect } from 'preact/hooks'
import { openResultsMap } from '../map/index.ts'
import type { Point } from '../state/record.ts'
import { MapBox, useMap } from './map-panel.tsx'

const NOTHING_TO_POINT_AT = { onPoint: () => {}, onChoose: () => {}, onOpen: () => {}, onLookCloser: () => {} }

export function CardMap({ point }: { point: Point }) {
  const { box, map, state } = useMap((element, ground) => openResultsMap(element, ground, NOTHING_TO_POINT_AT))
  useEffect(() => map?.show([{ ids: ['here'], point, label: '', run: 'sure' }], null), [map, point])
  return <MapBox box={box} state={state} />
}
