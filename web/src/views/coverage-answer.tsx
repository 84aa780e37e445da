// The answer: one sentence with the numbers, then the map, the comparison, the table, and what to do about it.
import { areaPointedAt, counted, download, isAnswerTo, isReachedWithoutTravel, question as inForm, reachInWords, subject, type Answer, type CoveredArea } from '../state/coverage.ts'
import { Button } from '../ui/button.tsx'
import { saveAs } from '../ui/download.ts'
import { Note } from '../ui/messages.tsx'
import { SortableTable, type Column } from '../ui/sortable-table.tsx'
import { words } from '../words/index.ts'
import { CoverageGroups } from './coverage-groups.tsx'
import { CoverageMap } from './coverage-map.tsx'
import { GapForm } from './gap-form.tsx'

export function CoverageAnswer({ answer }: { answer: Answer }) {
  const { result, question } = answer
  const isCurrent = isAnswerTo(answer, inForm.value)
  return (
    <section class={isCurrent ? 'answer' : 'answer answer--old'} aria-label={words.coverage.title}>
      <div role="status">{!isCurrent && <Note tone="warn">{words.coverage.changed}</Note>}</div>
      <p class="answer__sentence" role="status">
        {sentence(answer)}
      </p>
      <p class="answer__rule">{footnotes(answer)}</p>
      <div class="answer__columns">
        <CoverageMap answer={answer} />
        <div>
          {result.groups.length > 0 && <CoverageGroups groups={result.groups} isFifth={question.by.startsWith('quintile:')} />}
          {isCurrent && <GapForm key={answer.at} answer={answer} />}
        </div>
      </div>
      <h2>{words.coverage.table}</h2>
      <p class="nhsuk-hint">{words.coverage.sortHint}</p>
      <SortableTable
        caption={words.coverage.table}
        columns={COLUMNS}
        rows={[...result.per_area].sort((a, b) => b.weight - a.weight)}
        rowKey={area => area.code}
        start={{ key: 'covered', down: false }}
        pointedAt={areaPointedAt.value}
        onPoint={code => (areaPointedAt.value = code)}
      />
      <Button look="second" onClick={() => void save(answer)}>
        {words.coverage.download}
      </Button>
    </section>
  )
}

const COLUMNS: Column<CoveredArea>[] = [
  { key: 'name', title: words.coverage.columns.name, sortBy: area => area.name, show: area => area.name },
  { key: 'covered', title: words.coverage.columns.covered, sortBy: standing, show: isCovered },
  { key: 'weight', title: words.coverage.columns.weight, isNumber: true, sortBy: area => area.weight, show: area => Math.round(area.weight).toLocaleString('en-GB') },
  { key: 'nearest', title: words.coverage.columns.nearest, isNumber: true, sortBy: area => area.nearest_m ?? Number.MAX_VALUE, show: nearest },
]

/** Not reached first. */
function standing(area: CoveredArea): number {
  if (isReachedWithoutTravel(area)) return 2
  return area.covered ? 3 : area.possible ? 1 : 0
}

function isCovered(area: CoveredArea) {
  if (isReachedWithoutTravel(area)) return words.coverage.byOther[area.by!] ?? words.coverage.without
  if (area.covered) return words.coverage.yes
  return area.possible ? words.coverage.perhaps : <strong class="missed">{words.coverage.no}</strong>
}

function nearest(area: CoveredArea): string {
  return area.nearest_m !== null ? words.find.miles(area.nearest_m) : words.coverage.none
}

function sentence({ result, question }: Answer): string {
  const isAny = !question.category && !question.type
  return words.coverage.sentence(counted(result), words.coverage.whom(result.weight), reachInWords(question), words.coverage.subject(subject(question), isAny))
}

function footnotes({ result }: Answer): string {
  const rule = words.coverage.rules[result.reach.rule] ?? ''
  const outside = result.total.weight_from_outside > 0 ? words.coverage.outside(result.total.weight_from_outside) : ''
  const ignored = result.ignored.length ? words.coverage.ignored(result.ignored) : ''
  const unsaid = result.total.areas_without_weight
  const withoutWeight = unsaid > 0 ? words.coverage.withoutWeight(unsaid, words.coverage.whom(result.weight)) : ''
  return [rule, outside, ignored, withoutWeight].filter(Boolean).join(' ')
}

async function save(answer: Answer) {
  saveAs(words.coverage.fileName, await download(answer))
}
