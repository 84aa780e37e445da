// "Bring in a list": four steps, each on its own address, so that the browser's own way back leads one step back.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { listFailure, listFaults, listFile, listStep, stop, undone, work, type Work } from '../state/bring-in.ts'
import { STEPS, type Step } from '../state/route.ts'
import { isAdmin, isSessionKnown, session } from '../state/session.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { Heading } from '../ui/heading.tsx'
import { ErrorSummary, Failed, Loading, Note } from '../ui/messages.tsx'
import { bringIn } from '../words/bring-in.ts'
import { words } from '../words/index.ts'
import { ChooseList } from './bring-in-choose.tsx'
import { ListDone } from './bring-in-done.tsx'
import { LookAtColumns } from './bring-in-columns.tsx'
import { ListTried } from './bring-in-tried.tsx'

export function BringInScreen() {
  return (
    <div class="column column--wide bring-in">
      <Heading>{bringIn.title}</Heading>
      {isAdmin.value ? <Steps /> : isSessionKnown.value ? <NotYours /> : <Loading />}
    </div>
  )
}

function NotYours() {
  const { account } = session.value
  return (
    <>
      <Note tone="warn">
        <p>{account ? bringIn.notYours(account) : bringIn.signIn}</p>
      </Note>
      <LinkButton href="#/sign-in">{words.nav.signIn}</LinkButton>
    </>
  )
}

const SCREENS: Record<Step, () => JSX.Element | null> = { choose: ChooseList, look: LookAtColumns, try: ListTried, done: ListDone }

function Steps() {
  const step = listStep.value
  const { faults, attempt } = listFaults.value
  const Body = SCREENS[step]
  const wasHere = useRef(false)
  useEffect(() => {
    wasHere.current = true
  }, [])
  return (
    <>
      {step === 'choose' && <p class="lead">{bringIn.lead}</p>}
      <StepHeading key={`step-${step}`} step={step} takesFocus={wasHere.current && faults.length === 0} />
      {faults.length > 0 && <ErrorSummary faults={faults} attempt={attempt} fieldId={field => field} />}
      {listFailure.value && <Failed text={listFailure.value} />}
      <Body key={step} />
      <Working />
    </>
  )
}

function StepHeading({ step, takesFocus }: { step: Step; takesFocus: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!takesFocus) return
    scrollTo(0, 0)
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h2 class="step-heading" id="step-title" tabIndex={-1} ref={heading}>
      <span class="step-heading__number">{bringIn.step(STEPS.indexOf(step) + 1)}</span>
      <span class="nhsuk-u-visually-hidden">: </span>
      {step === 'done' && undone.value ? bringIn.isTakenBack : bringIn.steps[step]}
    </h2>
  )
}

/** Always there, so that what comes into it is read aloud. */
function Working() {
  const what = work.value
  return (
    <div class="working">
      <div role="status">{what && <p class="working__said">{said(what)}</p>}</div>
      {(what === 'look' || what === 'try') && (
        <Button look="quiet" onClick={stop}>
          {bringIn.stop}
        </Button>
      )}
    </div>
  )
}

function said(what: Work): string {
  const file = listFile.value?.name ?? ''
  switch (what) {
    case 'look':
      return bringIn.reading(file)
    case 'try':
      return bringIn.trying(file)
    case 'in':
      return bringIn.bringing(file)
    case 'back':
      return bringIn.takingBack
  }
}
