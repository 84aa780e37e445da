// Step 4: what happened, where to see it, columns to show to everybody, and the way back.
import { done, saidOfColumns, showColumn, shownColumns, startAgain, takeBack, undone, work, type Imported, type Kept, type Undone } from '../state/bring-in.ts'
import { RECORD_SCREENS } from '../state/route.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { focusSoon } from '../ui/focus.ts'
import { Note } from '../ui/messages.tsx'
import { Table, type PlainColumn } from '../ui/table.tsx'
import { bringIn } from '../words/bring-in.ts'
import { Outcome } from './bring-in-outcome.tsx'

export function ListDone() {
  const run = done.value
  if (!run) return null
  const back = undone.value
  return (
    <>
      <div role="status">{back && <TakenBack undone={back} />}</div>
      {back && back.kept.length > 0 && <StayedAsItIs kept={back.kept} all={back.totals.kept} />}
      {!back && (
        <>
          <p>{bringIn.done(run.rows)}</p>
          <Outcome run={run} when="done" />
          <div class="buttons">
            <LinkButton href="#/">{bringIn.find}</LinkButton>
            <LinkButton href="#/who-can-get-there" look="second">
              {bringIn.coverage}
            </LinkButton>
          </div>
          <Further run={run} />
          {run.unused_columns.length > 0 && <p>{bringIn.unused(run.unused_columns)}</p>}
          <section class="take-back" aria-labelledby="take-back-title">
            <h3 id="take-back-title">{bringIn.takeBack}</h3>
            <p>{bringIn.takeBackHint}</p>
            <Button look="second" disabled={work.value !== null} onClick={() => void takeBack().then(() => focusSoon('step-title'))}>
              {bringIn.takeBack}
            </Button>
          </section>
        </>
      )}
      <Button look="quiet" onClick={startAgain}>
        {bringIn.another}
      </Button>
    </>
  )
}

function TakenBack({ undone }: { undone: Undone }) {
  return (
    <Note tone={undone.totals.reverted ? 'good' : 'warn'}>
      <p>{bringIn.takenBack(undone.totals.reverted)}</p>
    </Note>
  )
}

const MOST_KEPT = 50

function StayedAsItIs({ kept, all }: { kept: Kept[]; all: number }) {
  const shown = kept.slice(0, MOST_KEPT)
  return (
    <>
      <p>{bringIn.kept(all)}</p>
      <Table caption={bringIn.kept(all)} isCaptionHidden columns={KEPT} rows={shown} rowKey={(_row, index) => String(index)} />
      {all > shown.length && <p>{bringIn.moreKept(all - shown.length)}</p>}
    </>
  )
}

const KEPT: PlainColumn<Kept>[] = [
  { key: 'name', title: bringIn.keptColumns.name, show: nameOf },
  { key: 'field', title: bringIn.keptColumns.field, show: ({ field }) => (field ? bringIn.field(field) : bringIn.keptWhole) },
  { key: 'why', title: bringIn.keptColumns.why, show: ({ by, by_name }) => bringIn.keptWhy(by_name, by !== null) },
]

function nameOf({ name, kind, record }: Kept) {
  if (!name) return bringIn.noName
  return RECORD_SCREENS.some(screen => screen === kind) ? <a href={`#/${kind}/${record}`}>{name}</a> : name
}

/** Columns that are no field, each with the way to everybody's eyes and back. */
function Further({ run }: { run: Imported }) {
  if (!run.further_columns.length) return null
  return (
    <section aria-labelledby="further-columns">
      <h3 id="further-columns">{bringIn.further}</h3>
      <p>{bringIn.furtherLead}</p>
      <ul class="plain-list further-columns">
        {run.further_columns.map(column => (
          <FurtherColumn key={column} column={column} />
        ))}
      </ul>
      <p role="status">{saidOfColumns.value}</p>
    </section>
  )
}

function FurtherColumn({ column }: { column: string }) {
  const isShown = column in shownColumns.value
  return (
    <li>
      <span>
        {column}
        <span class="plain-list__note">{isShown ? bringIn.isShown : bringIn.isHidden}</span>
      </span>
      <Button look="quiet" of={`“${column}”`} disabled={work.value !== null} onClick={() => void showColumn(column, !isShown)}>
        {isShown ? bringIn.hide : bringIn.show}
      </Button>
    </li>
  )
}
