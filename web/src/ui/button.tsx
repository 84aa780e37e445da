// Buttons, and links that look like them.
import type { ComponentChildren } from 'preact'

type Look = 'main' | 'second' | 'quiet'

interface ButtonProps {
  id?: string | undefined
  children: ComponentChildren
  look?: Look
  type?: 'button' | 'submit'
  onClick?: () => void
  disabled?: boolean | undefined
  /** What it acts on, for who hears the button without seeing what is around it. */
  of?: string | undefined
  small?: boolean | undefined
}

function classFor(look: Look, small?: boolean): string {
  if (look === 'quiet') return 'quiet-button'
  return `nhsuk-button${look === 'second' ? ' nhsuk-button--secondary' : ''}${small ? ' nhsuk-button--small' : ''}`
}

export function Button({ id, children, look = 'main', type = 'button', onClick, disabled, of, small }: ButtonProps) {
  return (
    <button id={id} class={classFor(look, small)} type={type} onClick={onClick} disabled={disabled}>
      {children}
      {of && <span class="nhsuk-u-visually-hidden"> {of}</span>}
    </button>
  )
}

export function LinkButton({ href, children, look = 'main' }: { href: string; children: ComponentChildren; look?: Look }) {
  return (
    <a class={classFor(look)} href={href}>
      {children}
    </a>
  )
}

/** A choice that is on or off and acts at once. */
export function Chip({ children, on, onClick }: { children: ComponentChildren; on: boolean; onClick: () => void }) {
  return (
    <button class="chip" type="button" aria-pressed={on} onClick={onClick}>
      <span class="chip__tick" aria-hidden="true" />
      {children}
    </button>
  )
}
