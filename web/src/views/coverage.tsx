// "Who can get there?": the question, and once asked the answer in a sentence, a map, a comparison and a table.
import { useEffect, useState } from 'preact/hooks'
import { askCoverage, coverageState, questionFrom, setQuestion } from '../state/coverage.ts'
import { areaSets } from '../state/reference.ts'
import { route } from '../state/route.ts'
import { isAdmin } from '../state/session.ts'
import { Failed, Note } from '../ui/messages.tsx'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'
import { CoverageAnswer } from './coverage-answer.tsx'
import { CoverageForm } from './coverage-form.tsx'

export function CoverageScreen() {
  const { answer, failure, asking } = coverageState.value
  const hasAreas = areaSets.value.length > 0
  const [named] = useState(queryOfAddress)
  useEffect(() => setQuestion(questionFrom(named)), [])
  useEffect(() => {
    if (hasAreas && [...named.keys()].length && !coverageState.peek().answer) void askCoverage()
  }, [hasAreas])
  return (
    <div class="column column--wide">
      <Heading>{words.coverage.title}</Heading>
      <p class="lead">{words.coverage.lead}</p>
      {!hasAreas && (
        <Note>
          {words.coverage.noAreas} {isAdmin.value && <a href="#/bring-in">{words.nav.bringIn}</a>}
        </Note>
      )}
      <CoverageForm />
      {failure && <Failed text={words.failure[failure.why]} problems={failure.problems} onRetry={() => void askCoverage()} />}
      <div aria-busy={asking}>{answer && <CoverageAnswer answer={answer} />}</div>
    </div>
  )
}

function queryOfAddress(): URLSearchParams {
  const here = route.peek()
  return here.screen === 'coverage' ? here.query : new URLSearchParams()
}
