// A text box that offers what it knows while you type (the ARIA "combobox" pattern): arrow keys and Enter, or click.
import { useEffect, useRef, useState } from 'preact/hooks'
import { words } from '../words/index.ts'
import { Field } from './fields.tsx'

export interface Suggestion {
  key: string
  text: string
  /** A second, quieter line. */
  note?: string
}

interface SuggestProps {
  id: string
  label: string
  hint?: string | undefined
  error?: string | undefined
  value: string
  onInput: (value: string) => void
  onChoose: (suggestion: Suggestion) => void
  /** What to offer for a text; asked again with every keystroke, the last answer wins. */
  offer: (text: string, signal: AbortSignal) => Suggestion[] | Promise<Suggestion[]>
}

export function Suggest({ id, label, hint, error, value, onInput, onChoose, offer }: SuggestProps) {
  const [offered, setOffered] = useState<Suggestion[]>([])
  /** By its key: the list may be refreshed between the arrow key and Enter. */
  const [activeKey, setActiveKey] = useState<string | null>(null)
  const [isOpen, setOpen] = useState(false)
  const typed = useRef(false)
  const active = offered.findIndex(({ key }) => key === activeKey)

  useEffect(() => {
    if (!typed.current) return
    const asking = new AbortController()
    void Promise.resolve(offer(value, asking.signal)).then(items => {
      if (asking.signal.aborted) return
      setOffered(items)
      setOpen(items.some(item => item.text.toLowerCase() !== value.trim().toLowerCase()))
    })
    return () => asking.abort()
  }, [value])

  const choose = (suggestion: Suggestion) => {
    typed.current = false
    setOpen(false)
    setActiveKey(null)
    onChoose(suggestion)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      const next = (active + step + offered.length + (active < 0 && step < 0 ? 1 : 0)) % offered.length
      setActiveKey(offered[next]!.key)
    } else if (event.key === 'Enter' && active >= 0) {
      event.preventDefault()
      choose(offered[active]!)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      setOpen(false)
    }
  }

  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <div class="suggest">
        <input
          class={`nhsuk-input${error ? ' nhsuk-input--error' : ''}`}
          id={id}
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={isOpen && active >= 0 ? `${id}-option-${active}` : undefined}
          aria-describedby={described || undefined}
          autoComplete="off"
          spellcheck={false}
          value={value}
          onInput={event => {
            typed.current = true
            onInput(event.currentTarget.value)
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        <SuggestionList id={id} offered={isOpen ? offered : []} active={active} onPoint={setActiveKey} onChoose={choose} />
      </div>
      <span class="nhsuk-u-visually-hidden" role="status">
        {isOpen ? words.suggest.count(offered.length) : ''}
      </span>
    </Field>
  )
}

interface ListProps {
  id: string
  offered: Suggestion[]
  active: number
  onPoint: (key: string) => void
  onChoose: (suggestion: Suggestion) => void
}

function SuggestionList({ id, offered, active, onPoint, onChoose }: ListProps) {
  return (
    <ul class="suggest__list" id={`${id}-list`} role="listbox" aria-label={words.suggest.list} hidden={offered.length === 0}>
      {offered.map((suggestion, index) => (
        <li
          key={suggestion.key}
          id={`${id}-option-${index}`}
          class="suggest__option"
          role="option"
          aria-selected={index === active}
          onMouseMove={() => onPoint(suggestion.key)}
          onMouseDown={event => event.preventDefault()}
          onClick={() => onChoose(suggestion)}
        >
          <span>{suggestion.text}</span>
          {suggestion.note && <span class="suggest__note">{suggestion.note}</span>}
        </li>
      ))}
    </ul>
  )
}
