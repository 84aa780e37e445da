// What is there, as list and map that move together: the nearest of each run, and how many there are in all.
import { useEffect, useState } from 'preact/hooks'
import { leftOff } from '../state/choices.ts'
import { openRecord } from '../state/record.ts'
import { runSearch, search, whereFault, type Found, type Nearby } from '../state/search.ts'
import { shareable } from '../state/where.ts'
import { Failed, Loading } from '../ui/messages.tsx'
import { words } from '../words/index.ts'
import { ResultItem } from './result-item.tsx'
import { ResultsMapPanel } from './results-map.tsx'

const RUNS = ['sure', 'without_travel', 'possible'] as const

export function Results() {
  const { phase, answer, failure } = search.value
  const [shown, setShown] = useState<'list' | 'map'>('list')
  useEffect(returnToLastCard, [])
  if (whereFault.value) return null
  if (failure) return <div class="column"><Failed text={words.failure[failure.why]} problems={failure.problems} onRetry={() => void runSearch()} /></div>
  if (!answer) return <div class="column"><Loading /></div>
  return (
    <section class={`results results--${shown}`} aria-labelledby="results-title" aria-busy={phase === 'asking'}>
      <div class="results__list">
        <div class="results__top">
          <h2 id="results-title" class="nhsuk-u-visually-hidden">{words.find.results}</h2>
          <p class="results__count" role="status">{phase === 'asking' ? words.find.asking : summary(answer)}</p>
          <ListOrMap shown={shown} onChange={setShown} />
        </div>
        <ResultList answer={answer} />
      </div>
      <ResultsMapPanel answer={answer} />
    </section>
  )
}

/** Coming back from a card, one stands where one left. */
function returnToLastCard() {
  const last = openRecord.peek()
  if (last) document.querySelector<HTMLElement>(`.result a[href$="/${last.id}"]`)?.focus()
}

function ListOrMap({ shown, onChange }: { shown: 'list' | 'map'; onChange: (shown: 'list' | 'map') => void }) {
  return (
    <div class="switch" role="group" aria-label={words.find.listOrMap}>
      {(['list', 'map'] as const).map(one => (
        <button key={one} type="button" aria-pressed={shown === one} onClick={() => onChange(one)}>
          {one === 'list' ? words.find.asList : words.find.asMap}
        </button>
      ))}
    </div>
  )
}

function ResultList({ answer }: { answer: Nearby }) {
  if (!answer.found.length) return <NothingFound beyond={answer.totals.beyond} />
  return (
    <div class="runs">
      {RUNS.map(run => (
        <RunOfResults key={run} run={run} answer={answer} />
      ))}
    </div>
  )
}

function RunOfResults({ run, answer }: { run: Found['run']; answer: Nearby }) {
  const items = answer.found.filter(item => item.run === run)
  if (!items.length) return null
  const total = answer.totals[run]
  return (
    <section class={`run run--${run}`} aria-labelledby={`run-${run}`}>
      <h3 id={`run-${run}`}>
        {words.find.runs[run]} <span class="run__count">{total}</span>
      </h3>
      <p class="run__hint">{words.find.runHints[run]}</p>
      <ol class="run__items" start={answer.found.indexOf(items[0]!) + 1}>
        {items.map(item => (
          <ResultItem key={item.id} item={item} number={answer.found.indexOf(item) + 1} />
        ))}
      </ol>
      {leftOff(answer, run) > 0 && <p class="run__hint">{words.find.onlyFirst(items.length, total)}</p>}
    </section>
  )
}

function NothingFound({ beyond }: { beyond: number }) {
  return (
    <div class="note note--plain">
      <p>
        <strong>{words.find.none(beyond)}</strong>
      </p>
      <p>{words.find.noneHint}</p>
      <p>
        <a href="#/found/missing">{words.find.sayMissing}</a>
      </p>
    </div>
  )
}

function summary({ totals, near }: Nearby): string {
  const where = search.value.asked?.where
  const place = where ? (shareable(where) && near?.label) || words.find.hereLabel.toLowerCase() : null
  return words.find.count(totals, place)
}
