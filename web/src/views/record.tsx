// The card: everything known of one record, how fresh it is and who says so, under an address that can be shared.
import { useEffect } from 'preact/hooks'
import { cardLines, exampleParts, freshText, furtherParts, furtherTitle, isExample, unclearText, whatText, whenText, whoSaysSo } from '../state/card.ts'
import { openCard, openRecord, type AnyRecord, type Around } from '../state/record.ts'
import { about, nearestTownName } from '../state/reference.ts'
import type { RecordScreen as ScreenKind } from '../state/route.ts'
import { isOnSlip, putOnSlip, slipIsFull, takeOffSlip } from '../state/slip.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { focusSoon } from '../ui/focus.ts'
import { Failed, Loading, Note, Tag } from '../ui/messages.tsx'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'
import { AskEvidenceAgain } from './evidence-again.tsx'
import { CardLines } from './card-lines.tsx'
import { CardMap } from './card-map.tsx'

export function RecordScreen({ kind, id }: { kind: ScreenKind; id: string }) {
  useEffect(() => void openCard(kind, id), [kind, id])
  const open = openRecord.value
  const record = open?.id === id ? open.record : null
  return (
    <div class="column column--wide">
      <BackLink />
      {open?.id === id && open.failure && !record ? (
        <>
          <Heading>{words.card.reads[kind]!}</Heading>
          {open.failure.why === 'not_found' ? (
            <>
              <Failed text={words.failure.not_found} />
              <LinkButton href="#/">{words.lost.home}</LinkButton>
            </>
          ) : (
            <Failed text={words.failure[open.failure.why]} onRetry={() => void openCard(kind, id)} />
          )}
        </>
      ) : record ? (
        <Card key={record.id} record={record} around={open!.around} />
      ) : (
        <Loading />
      )}
    </div>
  )
}

function BackLink() {
  return (
    <button class="quiet-button back" type="button" onClick={() => (history.length > 1 ? history.back() : location.assign('#/'))}>
      ‹ {words.back}
    </button>
  )
}

function Card({ record, around }: { record: AnyRecord; around: Around }) {
  return (
    <article class="card">
      <div class="card__head">
        <p class="card__kind">{words.card.reads[record.kind]}</p>
        <Heading>{record.name}</Heading>
        <Tags record={record} />
      </div>
      <div class="card__columns">
        <div>
          <ExampleNote record={record} />
          <UnclearNote record={record} />
          <CardLines lines={cardLines(record, namesAround(around))} />
          <Further record={record} />
          <AskEvidenceAgain record={record} />
          <ServicesAround record={record} services={around.services} />
        </div>
        <aside class="card__side" aria-label={words.card.fresh}>
          <SlipButton record={record} />
          {around.point && <CardMap point={around.point} />}
          <Freshness record={record} />
        </aside>
      </div>
    </article>
  )
}

function Tags({ record }: { record: AnyRecord }) {
  const { status, from, until } = record
  return (
    <p class="card__tags">
      {status && record.kind !== 'gap' && <Tag tone={status === 'open' ? 'good' : 'warn'}>{words.card.status(status, from ?? null, until ?? null)}</Tag>}{' '}
      {isExample(record) && <Tag tone="example">{words.card.example}</Tag>}
    </p>
  )
}

function ExampleNote({ record }: { record: AnyRecord }) {
  const example = isExample(record)
  if (!example) return null
  return <Note tone="warn">{example === 'whole' ? words.card.exampleWhole : words.card.exampleParts(exampleParts(record))}</Note>
}

function UnclearNote({ record }: { record: AnyRecord }) {
  const unclear = unclearText(record)
  if (!unclear) return null
  return (
    <Note tone="warn">
      <p>{unclear}</p>
    </Note>
  )
}

/** What a list holds beside the fields that a card knows. */
function Further({ record }: { record: AnyRecord }) {
  const parts = furtherParts(record)
  if (!parts.length) return null
  return (
    <section aria-labelledby="further">
      <h2 id="further">{furtherTitle(record)}</h2>
      <dl class="lines">
        {parts.map(({ heading, text, isKept }) => (
          <div key={heading} class="lines__one">
            <dt>{heading}</dt>
            <dd>
              <p>{text}</p>
              {isKept && <p class="lines__note">{words.card.furtherKept}</p>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function SlipButton({ record }: { record: AnyRecord }) {
  if (record.kind !== 'service' && record.kind !== 'place') return null
  if (isOnSlip(record.id)) {
    return (
      <div class="card__slip">
        <LinkButton href="#/slip">{words.slip.title}</LinkButton>
        <Button look="quiet" id="take-off" onClick={() => (takeOffSlip(record.id), focusSoon('put-on', 'page-title'))}>
          {words.find.takeOffSlip}
        </Button>
      </div>
    )
  }
  return (
    <div class="card__slip">
      <Button id="put-on" disabled={slipIsFull.value} onClick={() => (putOnSlip(record), focusSoon('take-off'))}>
        {words.find.addToSlip}
      </Button>
      {slipIsFull.value && <p>{words.slip.isFull}</p>}
    </div>
  )
}

function Freshness({ record }: { record: AnyRecord }) {
  const licence = about.value?.licence
  return (
    <dl class="fresh">
      <dt>{words.card.fresh}</dt>
      <dd>{freshText(record)}</dd>
      <dt>{words.card.whoSaysSo}</dt>
      <dd>{whoSaysSo(record)}</dd>
      {licence && <dd class="fresh__licence">{words.about.licence(licence)}</dd>}
    </dl>
  )
}

function namesAround({ point, area, lead }: Around) {
  return { town: nearestTownName(point), area: area?.name ?? null, lead: lead?.name ?? null }
}

function ServicesAround({ record, services: { items, left } }: { record: AnyRecord; services: Around['services'] }) {
  if (!items.length && !left) return null
  return (
    <section aria-labelledby="around">
      <h2 id="around">{record.kind === 'place' ? words.card.onHere : words.card.itRuns}</h2>
      <ul class="plain-list">
        {items.map(item => (
          <li key={item.id}>
            <a href={`#/${item.kind}/${item.id}`}>{item.name}</a>
            <span class="plain-list__note">{[whatText(item), whenText(item)].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
      {left > 0 && <p>{words.notShown(left)}</p>}
    </section>
  )
}
