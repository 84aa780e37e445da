// Under a gap whose evidence was worked out: ask the same question on what is true today.
import { askAgain, evidence } from '../state/evidence.ts'
import type { AnyRecord } from '../state/record.ts'
import { Button } from '../ui/button.tsx'
import { Failed } from '../ui/messages.tsx'
import { words } from '../words/index.ts'

export function AskEvidenceAgain({ record }: { record: AnyRecord }) {
  if (record.kind !== 'gap' || !record.evidence?.query) return null
  const shown = evidence.value?.gap === record.id ? evidence.value : null
  return (
    <section aria-labelledby="evidence-again">
      <h2 id="evidence-again">{words.card.evidenceAgain}</h2>
      <Button look="second" onClick={() => void askAgain(record.id)}>
        {words.card.askAgain}
      </Button>
      <div role="status">
        {shown?.failure && <Failed text={words.failure[shown.failure.why]} onRetry={() => void askAgain(record.id)} />}
        {shown?.answer && <p>{words.card.thenAndNow(shown.answer)}</p>}
      </div>
    </section>
  )
}
