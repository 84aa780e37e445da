// One result in the list: enough to choose by, the way to its card, and the way onto the slip.
import { useEffect, useRef } from 'preact/hooks'
import { acceptingText, isExample, placeText, referralText, whatText, whenText } from '../state/card.ts'
import { pointedAt, search, type Found } from '../state/search.ts'
import { isOnSlip, putOnSlip, slipIsFull, takeOffSlip } from '../state/slip.ts'
import { Tag } from '../ui/messages.tsx'
import { words } from '../words/index.ts'

export function ResultItem({ item, number }: { item: Found; number: number }) {
  const isPointedAt = pointedAt.value?.ids.includes(item.id) ?? false
  const box = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isPointedAt && pointedAt.value?.from === 'map') box.current?.scrollIntoView({ block: 'nearest' })
  }, [isPointedAt])
  const point = () => (pointedAt.value = { ids: [item.id], from: 'list' })
  const leave = () => (pointedAt.value = null)
  return (
    <li
      class={`result result--${item.run}${isPointedAt ? ' is-pointed-at' : ''}`}
      ref={box}
      onMouseEnter={point}
      onMouseLeave={leave}
      onFocusCapture={point}
      onBlurCapture={leave}
    >
      <span class="result__number" aria-hidden="true">
        {number}
      </span>
      <div class="result__body">
        <h4>
          <a href={`#/${item.kind}/${item.id}`}>{item.name}</a>
        </h4>
        <Facts item={item} />
        {item.unknown.length > 0 && <p class="result__ask">{words.find.askFirst(questions(item.unknown))}</p>}
        <Actions item={item} />
      </div>
    </li>
  )
}

function Facts({ item }: { item: Found }) {
  const where = placeText(item)
  const far = item.distance_m !== null && search.value.asked?.where ? words.find.miles(item.distance_m) : null
  const how = item.by ? words.find.by[item.by] : null
  const lines = [whenText(item), [far ?? how, where].filter(Boolean).join(' · '), referralText(item), acceptingText(item)]
  return (
    <>
      <p class="result__what">
        {whatText(item)} {item.status && item.status !== 'open' && <Tag tone="warn">{words.values.of(item.status)}</Tag>}{' '}
        {isExample(item) === 'whole' && <Tag tone="example">{words.card.example}</Tag>}
      </p>
      {lines.filter(Boolean).map(text => (
        <p key={text} class="result__fact">
          {text}
        </p>
      ))}
    </>
  )
}

function Actions({ item }: { item: Found }) {
  const phone = item.phone ?? item.card?.place?.phone
  const on = isOnSlip(item.id)
  return (
    <p class="result__actions">
      <button
        class="quiet-button"
        type="button"
        disabled={!on && slipIsFull.value}
        onClick={() => (on ? takeOffSlip(item.id) : putOnSlip(item))}
      >
        {on ? `✓ ${words.find.takeOffSlip}` : words.find.addToSlip}
        <span class="nhsuk-u-visually-hidden"> {item.name}</span>
      </button>
      {!on && slipIsFull.value && <span>{words.slip.isFull}</span>}
      {phone && (
        <a href={`tel:${phone.replace(/[^\d+]/g, '')}`}>
          {words.find.ring} {phone}
        </a>
      )}
    </p>
  )
}

function questions(unknown: string[]): string {
  return [...new Set(unknown.map(word => words.find.unknown[word] ?? words.find.unknownOther))].join(' ')
}
