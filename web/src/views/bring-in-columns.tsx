// Step 2: what each column is taken as, with examples, and the way to say it otherwise.
import { columnChoice, explained, listChoice, listFaults, missing, takeAs, tellRowsApartBy, tryIt, work, type Explained, type ListColumn } from '../state/bring-in.ts'
import { cellCounts, FIELDS, missingFaults, takenAs, type ListKind } from '../state/list-file.ts'
import { Button } from '../ui/button.tsx'
import { Select, type OptionGroup } from '../ui/fields.tsx'
import { ErrorSummary, Note } from '../ui/messages.tsx'
import { Table, type PlainColumn } from '../ui/table.tsx'
import { bringIn } from '../words/bring-in.ts'

export function LookAtColumns() {
  const answer = explained.value
  if (!answer) return null
  const isWhole = missing.value.length === 0
  return (
    <>
      <p>
        <a class="back" href="#/bring-in">
          ‹ {bringIn.back.look}
        </a>
      </p>
      {!isWhole && listFaults.value.faults.length === 0 && <ErrorSummary faults={missingFaults(missing.value)} attempt={0} fieldId={field => field} />}
      {isWhole && <Summary answer={answer} />}
      <div class="columns-table" aria-busy={work.value === 'look'}>
        <Table caption={bringIn.columnsCaption} columns={isWhole ? COLUMNS : COLUMNS.slice(0, 3)} rows={answer.columns} rowKey={({ number }) => String(number)} />
      </div>
      <div class="bring-in__form">
        <Select
          id="key"
          label={bringIn.key}
          hint={bringIn.keyHint}
          value={columnChoice.value.key}
          options={[{ value: '', text: bringIn.keyFound }, ...answer.columns.map(column => ({ value: String(column.number), text: headingOf(column) }))]}
          onChange={tellRowsApartBy}
        />
      </div>
      <Button disabled={work.value !== null} onClick={() => void tryIt()}>
        {bringIn.next.look}
      </Button>
    </>
  )
}

function Summary({ answer }: { answer: Explained }) {
  const { good, rows, form, notes } = answer
  return (
    <>
      <p class="bring-in__sum" role="status">
        {bringIn.summary(good, rows)} {good < rows && bringIn.summaryHint}
      </p>
      <p class="nhsuk-hint">{bringIn.readAs(form)}</p>
      <Notes notes={notes} />
    </>
  )
}

/** What is to be known of the list as a whole. */
export function Notes({ notes }: { notes: string[] }) {
  if (!notes.length) return null
  return (
    <Note tone="warn">
      {notes.map(note => (
        <p key={note}>{bringIn.plainly(note)}</p>
      ))}
    </Note>
  )
}

const COLUMNS: PlainColumn<ListColumn>[] = [
  { key: 'heading', title: bringIn.columns.heading, show: headingOf },
  { key: 'taken', title: bringIn.columns.taken, show: column => <TakenAs column={column} /> },
  { key: 'examples', title: bringIn.columns.examples, show: column => <Examples column={column} /> },
  { key: 'cells', title: bringIn.columns.cells, show: cellCounts },
]

function headingOf({ heading, number }: ListColumn): string {
  if (!heading) return bringIn.noHeading(number)
  return listChoice.value.noHeader ? bringIn.numbered(number) : heading
}

function TakenAs({ column }: { column: ListColumn }) {
  const { kind } = listChoice.value
  return (
    <div class="taken-as">
      <p>{takenAs(column)}</p>
      {kind && <TakeAs column={column} kind={kind} />}
    </div>
  )
}

function TakeAs({ column, kind }: { column: ListColumn; kind: ListKind }) {
  const id = `take-${column.number}`
  const chosen = columnChoice.value.takeAs[column.number] ?? ''
  return (
    <>
      <label class="taken-as__label" for={id}>
        {bringIn.takeAs}
        <span class="nhsuk-u-visually-hidden"> {bringIn.of(headingOf(column))}</span>
      </label>
      <select class="nhsuk-select" id={id} value={chosen} onChange={event => takeAs(column.number, event.currentTarget.value)}>
        <option value="" selected={!chosen}>
          {bringIn.leave}
        </option>
        {fieldGroups(kind).map(({ label, options }) => (
          <optgroup key={label} label={label}>
            {options.map(({ value, text }) => (
              <option key={value} value={value} selected={value === chosen}>
                {text}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </>
  )
}

function fieldGroups(kind: ListKind): OptionGroup[] {
  return Object.entries(FIELDS[kind]).map(([group, fields]) => ({
    label: bringIn.groups[group as keyof typeof bringIn.groups],
    options: fields.map(value => ({ value, text: bringIn.field(value) })),
  }))
}

/** While a column is missing, nothing can be said of what cells become. */
function Examples({ column }: { column: ListColumn }) {
  const isWhole = missing.value.length === 0
  return (
    <ul class="examples">
      {column.examples.map(({ before, after }) => (
        <li key={before}>
          <span class="examples__before">{before}</span>
          {isWhole && before !== after && (
            <span class="examples__after">
              <span aria-hidden="true">→ </span>
              <span class="nhsuk-u-visually-hidden"> {bringIn.becomes} </span>
              {bringIn.after(after)}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
