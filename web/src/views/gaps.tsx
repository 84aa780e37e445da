// The gaps recorded so far: what, why, how many people, where it stands, and how we know.
import { useEffect } from 'preact/hooks'
import { gaps, loadGaps } from '../state/gaps.ts'
import type { AnyRecord } from '../state/record.ts'
import { LinkButton } from '../ui/button.tsx'
import { Failed, Loading, Note } from '../ui/messages.tsx'
import { SortableTable, type Column } from '../ui/sortable-table.tsx'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'

export function GapsScreen() {
  useEffect(() => void loadGaps(), [])
  const { items, left, failure } = gaps.value
  return (
    <div class="column column--wide">
      <Heading>{words.gaps.title}</Heading>
      <p class="lead">{words.gaps.lead}</p>
      {failure && <Failed text={words.failure[failure.why]} onRetry={() => void loadGaps()} />}
      {!items && !failure && <Loading />}
      {items && (items.length ? <GapTable items={items} /> : <p>{words.gaps.none}</p>)}
      {left > 0 && <Note>{words.notShown(left)}</Note>}
      <div class="buttons">
        <LinkButton href="#/found/missing">{words.gaps.add}</LinkButton>
        <LinkButton href="#/who-can-get-there" look="second">
          {words.gaps.work}
        </LinkButton>
      </div>
    </div>
  )
}

function GapTable({ items }: { items: AnyRecord[] }) {
  return <SortableTable caption={words.gaps.title} columns={COLUMNS} rows={items} rowKey={gap => gap.id} start={{ key: 'people', down: true }} />
}

const COLUMNS: Column<AnyRecord>[] = [
  { key: 'name', title: words.gaps.columns.name, sortBy: gap => gap.name, show: gap => <a href={`#/gap/${gap.id}`}>{gap.name}</a> },
  { key: 'reason', title: words.gaps.columns.reason, sortBy: gap => words.values.of(gap.reason), show: gap => words.values.of(gap.reason) },
  { key: 'people', title: words.gaps.columns.people, isNumber: true, sortBy: gap => gap.people ?? -1, show: gap => gap.people?.toLocaleString('en-GB') ?? words.gaps.notSaid },
  { key: 'status', title: words.gaps.columns.status, sortBy: gap => gap.status ?? '', show: gap => words.values.of(gap.status) },
  { key: 'evidence', title: words.gaps.columns.evidence, sortBy: how, show: how },
]

function how(gap: AnyRecord): string {
  if (!gap.evidence) return words.gaps.notSaid
  return gap.evidence.query ? words.gaps.worked : words.gaps.seen
}
