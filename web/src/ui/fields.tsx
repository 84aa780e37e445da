// The form controls: a label, a hint, an error and the control, tied together for screen readers.
import type { ComponentChildren } from 'preact'

interface Around {
  id: string
  label: string
  hint?: string | undefined
  error?: string | undefined
}

interface Typed extends Around {
  value: string
  onInput: (value: string) => void
}

function describedBy({ id, hint, error }: Around): string | undefined {
  return [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined
}

export function Field({ id, label, hint, error, children }: Around & { children: ComponentChildren }) {
  return (
    <div class={`nhsuk-form-group${error ? ' nhsuk-form-group--error' : ''}`}>
      <label class="nhsuk-label" for={id}>
        {label}
      </label>
      <HintAndError id={id} hint={hint} error={error} />
      {children}
    </div>
  )
}

function HintAndError({ id, hint, error }: Omit<Around, 'label'>) {
  return (
    <>
      {hint && (
        <div class="nhsuk-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <span class="nhsuk-error-message" id={`${id}-error`}>
          {error}
        </span>
      )}
    </>
  )
}

interface InputMore {
  type?: 'text' | 'tel' | 'email' | 'url' | 'time'
  inputMode?: 'text' | 'numeric' | 'decimal' | 'tel' | 'email' | 'url'
  autoComplete?: string
  short?: boolean
}

export function TextInput({ value, onInput, short, id, label, hint, error, type = 'text', ...more }: Typed & InputMore) {
  const around = { id, label, hint, error }
  return (
    <Field {...around}>
      <input
        {...more}
        type={type as 'text' /* the typings tell the types apart by their roles; a text box it is in each case */}
        class={`nhsuk-input${short ? ' nhsuk-input--width-5' : ''}${error ? ' nhsuk-input--error' : ''}`}
        id={id}
        value={value}
        aria-describedby={describedBy(around)}
        onInput={event => onInput(event.currentTarget.value)}
      />
    </Field>
  )
}

export function TextArea({ value, onInput, ...around }: Typed) {
  return (
    <Field {...around}>
      <textarea
        class="nhsuk-textarea"
        id={around.id}
        rows={3}
        value={value}
        aria-describedby={describedBy(around)}
        onInput={event => onInput(event.currentTarget.value)}
      />
    </Field>
  )
}

export interface Option {
  value: string
  text: string
}

export interface OptionGroup {
  label: string
  options: Option[]
}

interface SelectProps extends Around {
  value: string
  options: (Option | OptionGroup)[]
  onChange: (value: string) => void
}

export function Select({ value, options, onChange, ...around }: SelectProps) {
  return (
    <Field {...around}>
      <select
        class={`nhsuk-select${around.error ? ' nhsuk-select--error' : ''}`}
        id={around.id}
        value={value}
        aria-describedby={describedBy(around)}
        onChange={event => onChange(event.currentTarget.value)}
      >
        {options.map(item => ('options' in item ? <Group key={item.label} {...item} chosen={value} /> : <One key={item.value} {...item} chosen={value} />))}
      </select>
    </Field>
  )
}

function Group({ label, options, chosen }: OptionGroup & { chosen: string }) {
  return (
    <optgroup label={label}>
      {options.map(option => (
        <One key={option.value} {...option} chosen={chosen} />
      ))}
    </optgroup>
  )
}

function One({ value, text, chosen }: Option & { chosen: string }) {
  return (
    <option value={value} selected={value === chosen}>
      {text}
    </option>
  )
}

interface ChoicesProps {
  id: string
  legend: string
  hint?: string | undefined
  error?: string | undefined
  options: Option[]
  /** Side by side where there is room. */
  inline?: boolean
}

function Choices({ id, legend, hint, error, inline, kind, children }: ChoicesProps & { kind: string; children: ComponentChildren }) {
  return (
    <div class={`nhsuk-form-group${error ? ' nhsuk-form-group--error' : ''}`} id={id} tabIndex={-1}>
      <fieldset class="nhsuk-fieldset" aria-describedby={describedBy({ id, label: legend, hint, error })}>
        <legend class="nhsuk-fieldset__legend">{legend}</legend>
        <HintAndError id={id} hint={hint} error={error} />
        <div class={`nhsuk-${kind} nhsuk-${kind}--small${inline ? ` nhsuk-${kind}--inline` : ''}`}>{children}</div>
      </fieldset>
    </div>
  )
}

export function Checkboxes({ values, onChange, ...props }: ChoicesProps & { values: readonly string[]; onChange: (values: string[]) => void }) {
  return (
    <Choices {...props} kind="checkboxes">
      {props.options.map(({ value, text }) => (
        <Checkbox
          key={value}
          id={`${props.id}-${value}`}
          label={text}
          checked={values.includes(value)}
          onChange={on => onChange(on ? [...values, value] : values.filter(other => other !== value))}
        />
      ))}
    </Choices>
  )
}

export function Checkbox({ id, label, checked, onChange }: { id: string; label: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <div class="nhsuk-checkboxes__item">
      <input class="nhsuk-checkboxes__input" id={id} type="checkbox" checked={checked} onChange={event => onChange(event.currentTarget.checked)} />
      <label class="nhsuk-label nhsuk-checkboxes__label" for={id}>
        {label}
      </label>
    </div>
  )
}

export function Radios({ value, onChange, ...props }: ChoicesProps & { value: string; onChange: (value: string) => void }) {
  return (
    <Choices {...props} kind="radios">
      {props.options.map(option => (
        <div key={option.value} class="nhsuk-radios__item">
          <input
            class="nhsuk-radios__input"
            id={`${props.id}-${option.value}`}
            name={props.id}
            type="radio"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <label class="nhsuk-label nhsuk-radios__label" for={`${props.id}-${option.value}`}>
            {option.text}
          </label>
        </div>
      ))}
    </Choices>
  )
}
