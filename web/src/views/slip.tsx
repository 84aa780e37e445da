// The slip: what is on it, in which order and on what paper, and the printed page itself in large print.
import { useState } from 'preact/hooks'
import { dateText } from '../state/card.ts'
import { paperLines } from '../state/paper.ts'
import type { AnyRecord } from '../state/record.ts'
import { nearestTownName } from '../state/reference.ts'
import { clearSlip, moveOnSlip, slip, slipIsFull, takeOffSlip } from '../state/slip.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { focusSoon } from '../ui/focus.ts'
import { Radios } from '../ui/fields.tsx'
import { Note } from '../ui/messages.tsx'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'
import { CardLines } from './card-lines.tsx'

type Shape = 'portrait' | 'landscape'

export function SlipScreen() {
  const [shape, setShape] = useState<Shape>('portrait')
  const records = slip.value
  return (
    <div class="column column--wide slip-screen">
      <div class="no-print">
        <Heading>{words.slip.title}</Heading>
        <p class="lead">{words.slip.lead}</p>
        {records.length ? <Tools shape={shape} onShape={setShape} count={records.length} /> : <Empty />}
      </div>
      {records.length > 0 && <Paper records={records} shape={shape} />}
    </div>
  )
}

function Empty() {
  return (
    <>
      <p>{words.slip.empty}</p>
      <LinkButton href="#/">{words.slip.goFind}</LinkButton>
    </>
  )
}

function Tools({ shape, onShape, count }: { shape: Shape; onShape: (shape: Shape) => void; count: number }) {
  return (
    <div class="slip-tools">
      <Radios
        id="shape"
        legend={`${words.slip.shape} (${words.slip.count(count)})`}
        inline
        value={shape}
        options={[
          { value: 'portrait', text: words.slip.portrait },
          { value: 'landscape', text: words.slip.landscape },
        ]}
        onChange={value => onShape(value as Shape)}
      />
      {slipIsFull.value && <Note>{words.slip.full}</Note>}
      <div class="buttons">
        <Button onClick={() => print()}>{words.slip.print}</Button>
        <Button look="quiet" onClick={() => (clearSlip(), focusSoon('page-title'))}>
          {words.slip.clear}
        </Button>
      </div>
    </div>
  )
}

function Paper({ records, shape }: { records: AnyRecord[]; shape: Shape }) {
  return (
    <div class={`paper paper--${shape}`}>
      <h2 class="paper__heading">{words.slip.heading}</h2>
      {records.map((record, index) => (
        <section key={record.id} class="paper__card" aria-labelledby={`paper-${record.id}`}>
          <h3 id={`paper-${record.id}`}>{record.name}</h3>
          <Order record={record} isFirst={index === 0} isLast={index === records.length - 1} />
          <CardLines lines={paperLines(record, nearestTownName(record.point))} />
        </section>
      ))}
      <p class="paper__foot">{words.slip.printed(dateText(new Date().toISOString()))}</p>
    </div>
  )
}

function Order({ record, isFirst, isLast }: { record: AnyRecord; isFirst: boolean; isLast: boolean }) {
  const { id, name } = record
  return (
    <p class="paper__order no-print">
      <Button look="quiet" disabled={isFirst} of={name} id={`up-${id}`} onClick={() => (moveOnSlip(id, -1), focusSoon(`up-${id}`, `down-${id}`))}>
        {words.slip.up}
      </Button>
      <Button look="quiet" disabled={isLast} of={name} id={`down-${id}`} onClick={() => (moveOnSlip(id, 1), focusSoon(`down-${id}`, `up-${id}`))}>
        {words.slip.down}
      </Button>
      <Button look="quiet" of={name} onClick={() => (takeOffSlip(id), focusSoon('page-title'))}>
        {words.slip.remove}
      </Button>
    </p>
  )
}
