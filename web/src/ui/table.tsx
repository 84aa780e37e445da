// A table as it comes, with its caption; on a narrow screen each row becomes a block that names its cells.
import type { ComponentChildren } from 'preact'

export interface PlainColumn<Row> {
  key: string
  title: string
  show: (row: Row) => ComponentChildren
  isNumber?: boolean
}

interface TableProps<Row> {
  caption: string
  /** The caption is a heading on the page already. */
  isCaptionHidden?: boolean
  columns: PlainColumn<Row>[]
  rows: Row[]
  rowKey: (row: Row, index: number) => string
}

export function Table<Row>({ caption, isCaptionHidden, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <div class="table-frame table-frame--plain" tabIndex={0} role="region" aria-label={caption}>
      <table class="nhsuk-table" role="table">
        <caption class={`nhsuk-table__caption${isCaptionHidden ? ' nhsuk-u-visually-hidden' : ''}`}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ key, title, isNumber }) => (
              <th key={key} scope="col" role="columnheader" class={isNumber ? 'number' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row, index) => (
            <TableRow key={rowKey(row, index)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps<Row> {
  columns: PlainColumn<Row>[]
  row: Row
  isPointedAt?: boolean
  onPoint?: (isOn: boolean) => void
}

/** The first cell names the row. */
export function TableRow<Row>({ columns, row, isPointedAt, onPoint }: RowProps<Row>) {
  return (
    <tr role="row" class={isPointedAt ? 'is-pointed-at' : ''} onMouseEnter={() => onPoint?.(true)} onMouseLeave={() => onPoint?.(false)}>
      {columns.map(({ key, title, show, isNumber }, index) =>
        index === 0 ? (
          <th key={key} scope="row" role="rowheader">
            {show(row)}
          </th>
        ) : (
          <td key={key} role="cell" data-title={title} class={isNumber ? 'number' : ''}>
            {show(row)}
          </td>
        ),
      )}
    </tr>
  )
}
