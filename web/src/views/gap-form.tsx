// "Record this as a gap": where, what and why, with the evidence of the answer kept beside it.
import { useEffect, useRef, useState } from 'preact/hooks'
import { newGapIds, notReached, recordGap, subject, type Answer } from '../state/coverage.ts'
import { goTo } from '../state/route.ts'
import { Button } from '../ui/button.tsx'
import { Select, TextInput } from '../ui/fields.tsx'
import { words } from '../words/index.ts'
import { valuesAsOptions } from './draft-fields.tsx'
import { REASONS } from './found-missing.tsx'

export function GapForm({ answer }: { answer: Answer }) {
  const [isOpen, setOpen] = useState(false)
  const left = notReached(answer.result)
  if (!left.length) return <p>{words.coverage.gapNone}</p>
  return (
    <section class="gap-form" aria-label={words.coverage.record}>
      {isOpen ? <OpenGapForm answer={answer} /> : <Button onClick={() => setOpen(true)}>{words.coverage.record}</Button>}
    </section>
  )
}

function OpenGapForm({ answer }: { answer: Answer }) {
  const left = notReached(answer.result)
  const [code, setCode] = useState(left[0]!.code)
  const [what, setWhat] = useState(subject(answer.question))
  const [reason, setReason] = useState('too_far')
  const area = left.find(one => one.code === code) ?? left[0]!
  const [ids] = useState(newGapIds)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const isSending = useRef(false)
  const save = async () => {
    if (isSending.current || !what.trim()) return
    isSending.current = true
    await recordGap(answer, { area, what: what.trim(), reason }, ids).finally(() => (isSending.current = false))
    goTo('#/waiting')
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        void save()
      }}
    >
      <h2 tabIndex={-1} ref={heading}>
        {words.coverage.record}
      </h2>
      <Select
        id="gap-where"
        label={words.coverage.gapWhere}
        value={code}
        options={left.map(one => ({ value: one.code, text: words.coverage.gapArea(one.name, one.weight) }))}
        onChange={setCode}
      />
      <TextInput id="gap-what" label={words.coverage.gapWhat} value={what} onInput={setWhat} />
      <Select id="gap-reason" label={words.coverage.gapReason} value={reason} options={valuesAsOptions(REASONS)} onChange={setReason} />
      <p class="nhsuk-hint">{words.coverage.gapKeeps}</p>
      <Button type="submit" disabled={!what.trim()}>
        {words.coverage.gapSave}
      </Button>
    </form>
  )
}
