// A table that can be sorted by each of its columns, with the order said to screen readers too.
import { useState } from 'preact/hooks'
import { TableRow, type PlainColumn } from './table.tsx'

export interface Column<Row> extends PlainColumn<Row> {
  sortBy: (row: Row) => string | number
}

interface TableProps<Row> {
  caption: string
  columns: Column<Row>[]
  rows: Row[]
  rowKey: (row: Row) => string
  start: { key: string; down: boolean }
  pointedAt?: string | null
  onPoint?: (key: string | null) => void
}

export function SortableTable<Row>({ caption, columns, rows, rowKey, start, pointedAt, onPoint }: TableProps<Row>) {
  const [order, setOrder] = useState(start)
  const column = columns.find(({ key }) => key === order.key)!
  const sorted = [...rows].sort((a, b) => compare(column.sortBy(a), column.sortBy(b)) * (order.down ? -1 : 1))
  const sort = (key: string) => setOrder({ key, down: key === order.key ? !order.down : false })
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
      <table class="nhsuk-table" role="table">
        <caption class="nhsuk-table__caption nhsuk-u-visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ key, title, isNumber }) => (
              <th key={key} scope="col" role="columnheader" class={isNumber ? 'number' : ''} aria-sort={key !== order.key ? 'none' : order.down ? 'descending' : 'ascending'}>
                <button type="button" class="sort-button" onClick={() => sort(key)}>
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {sorted.map(row => (
            <TableRow
              key={rowKey(row)}
              columns={columns}
              row={row}
              isPointedAt={pointedAt === rowKey(row)}
              onPoint={isOn => onPoint?.(isOn ? rowKey(row) : null)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en-GB')
}
