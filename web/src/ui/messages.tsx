// What the screens say in passing: problems at the top of a form, failures, and quiet notes.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words/index.ts'

export interface Fault {
  field: string | null
  message: string
}

/** Takes the focus with each attempt; each line leads to its field. */
export function ErrorSummary({ faults, attempt, fieldId }: { faults: Fault[]; attempt: number; fieldId: (field: string) => string }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [attempt])
  return (
    <div class="nhsuk-error-summary" role="alert" aria-labelledby="error-title" tabIndex={-1} ref={box}>
      <h2 class="nhsuk-error-summary__title" id="error-title">
        {words.errorTitle}
      </h2>
      <ul class="nhsuk-list nhsuk-error-summary__list">
        {faults.map(fault => (
          <li key={fault.message}>{fault.field ? <FaultLink {...fault} target={fieldId(fault.field)} /> : fault.message}</li>
        ))}
      </ul>
    </div>
  )
}

function FaultLink({ message, target }: Fault & { target: string }) {
  return (
    <a
      href={`#${target}`}
      onClick={event => {
        event.preventDefault()
        const field = document.getElementById(target)
        field?.closest('details')?.setAttribute('open', '')
        field?.focus()
      }}
    >
      {message}
    </a>
  )
}

export function Failed({ text, problems = [], onRetry }: { text: string; problems?: { message: string }[]; onRetry?: () => void }) {
  return (
    <div class="note note--bad" role="alert">
      <p>{text}</p>
      {problems.length > 0 && (
        <ul>
          {problems.map(problem => (
            <li key={problem.message}>{problem.message}</li>
          ))}
        </ul>
      )}
      {onRetry && (
        <button class="quiet-button" type="button" onClick={onRetry}>
          {words.tryAgain}
        </button>
      )}
    </div>
  )
}

export function Note({ children, tone = 'plain' }: { children: ComponentChildren; tone?: 'plain' | 'good' | 'warn' }) {
  return <div class={`note note--${tone}`}>{children}</div>
}

export function Tag({ children, tone = 'plain' }: { children: ComponentChildren; tone?: 'plain' | 'good' | 'warn' | 'example' }) {
  return <strong class={`tag tag--${tone}`}>{children}</strong>
}

export function Loading() {
  return (
    <p class="loading" role="status">
      {words.loading}
    </p>
  )
}
