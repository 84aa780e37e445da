// A table that can be sorted by each of its columns, with the order said to screen readers too.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

export interface Column<Row> {
  key: string
  title: string
  sortBy: (row: Row) => string | number
  show: (row: Row) => ComponentChildren
  isNumber?: boolean
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
            <tr
              key={rowKey(row)}
              role="row"
              class={pointedAt === rowKey(row) ? 'is-pointed-at' : ''}
              onMouseEnter={() => onPoint?.(rowKey(row))}
              onMouseLeave={() => onPoint?.(null)}
            >
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
          ))}
        </tbody>
      </table>
    </div>
  )
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en-GB')
}
