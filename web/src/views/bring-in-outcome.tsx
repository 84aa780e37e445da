// What a list would do, or did: figures, refused rows with what to do, and what went in not whole.
import { refusedRows, type Imported, type RowProblem } from '../state/bring-in.ts'
import { figures, firstOf } from '../state/list-file.ts'
import { Button } from '../ui/button.tsx'
import { saveAs } from '../ui/download.ts'
import { Table, type PlainColumn } from '../ui/table.tsx'
import { bringIn } from '../words/bring-in.ts'
import { Notes } from './bring-in-columns.tsx'

export function Outcome({ run, when }: { run: Imported; when: 'try' | 'done' }) {
  return (
    <>
      <dl class="figures">
        {figures(run).map(({ key, count }) => (
          <div key={key} class={`figures__one figures__one--${key}${count ? '' : ' figures__one--none'}`}>
            <dt>{bringIn.figures[when][key]}</dt>
            <dd>{count.toLocaleString('en-GB')}</dd>
          </div>
        ))}
      </dl>
      {run.linked_created > 0 && <p>{bringIn.linked(run.linked_created)}</p>}
      {run.kept_local > 0 && <p>{bringIn.keptLocal(run.kept_local)}</p>}
      <Notes notes={run.notes} />
      <Refused run={run} />
      <Warned run={run} when={when} />
    </>
  )
}

function Refused({ run }: { run: Imported }) {
  if (!run.refused) return null
  const file = refusedRows(run)
  const { shown, more } = firstOf(run.problems, run.refused_by_code)
  return (
    <section class="problems-table">
      <h3>{bringIn.problems}</h3>
      <p>{bringIn.problemsLead}</p>
      <Table caption={bringIn.problems} isCaptionHidden columns={columnsOf(run.unit)} rows={shown} rowKey={(_row, index) => String(index)} />
      {more > 0 && <p>{bringIn.moreProblems(more)}</p>}
      {file && (
        <p>
          <Button look="second" onClick={() => saveAs(file.name, file.blob)}>
            {bringIn.download(run.refused)}
          </Button>
        </p>
      )}
    </section>
  )
}

function Warned({ run, when }: { run: Imported; when: 'try' | 'done' }) {
  const { shown, more } = firstOf(run.warnings, run.warned_by_code)
  if (!shown.length) return null
  const heading = when === 'try' ? bringIn.warnings : bringIn.warningsDone
  return (
    <section class="problems-table">
      <h3>{heading}</h3>
      <p>{bringIn.warningsLead}</p>
      <Table caption={heading} isCaptionHidden columns={columnsOf(run.unit)} rows={shown} rowKey={(_row, index) => String(index)} />
      {more > 0 && <p>{bringIn.moreWarnings(more)}</p>}
    </section>
  )
}

function columnsOf(unit: Imported['unit']): PlainColumn<RowProblem>[] {
  return [
    { key: 'line', title: bringIn.row[unit], show: ({ line }) => <RowNumber unit={unit} line={line} /> },
    { key: 'field', title: bringIn.problemColumns.field, show: ({ field }) => (field ? bringIn.field(field) : bringIn.wholeRow) },
    { key: 'value', title: bringIn.problemColumns.value, show: ({ value }) => value || bringIn.noValue },
    { key: 'message', title: bringIn.problemColumns.message, show: ({ message }) => bringIn.plainly(message) },
  ]
}

/** Where rows become blocks, the number alone would name nothing. */
function RowNumber({ unit, line }: { unit: Imported['unit']; line: number }) {
  return (
    <>
      <span class="row-number__unit">{bringIn.row[unit]} </span>
      {line.toLocaleString('en-GB')}
    </>
  )
}
