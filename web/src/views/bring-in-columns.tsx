// Step 2: what each column is taken as, with examples, and the way to say it otherwise.
import { columnChoice, explained, listChoice, listFaults, missing, takeAs, tellRowsApartBy, tryIt, work, type Explained, type ListColumn } from '../state/bring-in.ts'
import { cellCounts, FIELDS, missingFaults, takenAs, type ListKind } from '../state/list-file.ts'
import { Button } from '../ui/button.tsx'
import { Select, type OptionGroup } from '../ui/fields.tsx'
import { ErrorSummary, Note } from '../ui/messages.tsx'
import { Table, type PlainColumn } from '../ui/table.tsx'
import { words } from '../words/index.ts'

export function LookAtColumns() {
  const answer = explained.value
  if (!answer) return null
  const isWhole = missing.value.length === 0
  return (
    <>
      <p>
        <a class="back" href="#/bring-in">
          ‹ {words.bringIn.back.look}
        </a>
      </p>
      {!isWhole && listFaults.value.faults.length === 0 && <ErrorSummary faults={missingFaults(missing.value)} attempt={missing.value.length} fieldId={field => field} />}
      {isWhole && <Summary answer={answer} />}
      <div aria-busy={work.value === 'look'}>
        <Table caption={words.bringIn.columnsCaption} columns={isWhole ? COLUMNS : COLUMNS.slice(0, 3)} rows={answer.columns} rowKey={({ number }) => String(number)} />
      </div>
      <div class="bring-in__form">
        <Select
          id="key"
          label={words.bringIn.key}
          hint={words.bringIn.keyHint}
          value={columnChoice.value.key}
          options={[{ value: '', text: words.bringIn.keyFound }, ...answer.columns.map(column => ({ value: String(column.number), text: headingOf(column) }))]}
          onChange={tellRowsApartBy}
        />
      </div>
      <Button disabled={work.value !== null} onClick={() => void tryIt()}>
        {words.bringIn.next.look}
      </Button>
    </>
  )
}

function Summary({ answer }: { answer: Explained }) {
  const { good, rows, form, notes } = answer
  return (
    <>
      <p class="bring-in__sum" role="status">
        {words.bringIn.summary(good, rows)} {good < rows && words.bringIn.summaryHint}
      </p>
      <p class="nhsuk-hint">{words.bringIn.readAs(form)}</p>
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
        <p key={note}>{words.bringIn.plainly(note)}</p>
      ))}
    </Note>
  )
}

const COLUMNS: PlainColumn<ListColumn>[] = [
  { key: 'heading', title: words.bringIn.columns.heading, show: headingOf },
  { key: 'taken', title: words.bringIn.columns.taken, show: column => <TakenAs column={column} /> },
  { key: 'examples', title: words.bringIn.columns.examples, show: column => <Examples column={column} /> },
  { key: 'cells', title: words.bringIn.columns.cells, show: cellCounts },
]

function headingOf({ heading, number }: ListColumn): string {
  if (!heading) return words.bringIn.noHeading(number)
  return listChoice.value.noHeader ? words.bringIn.numbered(number) : heading
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
        {words.bringIn.takeAs}
        <span class="nhsuk-u-visually-hidden"> {words.bringIn.of(headingOf(column))}</span>
      </label>
      <select class="nhsuk-select" id={id} value={chosen} onChange={event => takeAs(column.number, event.currentTarget.value)}>
        <option value="" selected={!chosen}>
          {words.bringIn.leave}
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
    label: words.bringIn.groups[group as keyof typeof words.bringIn.groups],
    options: fields.map(value => ({ value, text: words.bringIn.field(value) })),
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
              <span class="nhsuk-u-visually-hidden"> {words.bringIn.becomes} </span>
              {words.bringIn.after(after)}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
