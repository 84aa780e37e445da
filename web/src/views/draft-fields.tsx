// Form controls bound to the draft: what is typed is kept on the device at once, and a fault shows at its field.
import { createContext, type ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { setField, type Chosen, type Draft, type FieldValue } from '../state/drafts.ts'
import type { Missing } from '../state/found.ts'
import { lookUp } from '../state/look-up.ts'
import { DAYS } from '../state/opening-times.ts'
import type { Kind } from '../state/record.ts'
import { Checkbox, Checkboxes, Radios, Select, TextArea, TextInput, type Option } from '../ui/fields.tsx'
import { Suggest, type Suggestion } from '../ui/suggest.tsx'
import { words } from '../words/index.ts'

export const FormOf = createContext<{ draft: Draft; missing: Missing[] }>({
  draft: { form: 'group', fields: {}, ids: {}, entry: '', taken: {}, changes: 0 },
  missing: [],
})

interface Named {
  name: string
  label: string
  hint?: string
}

export function useField(name: string) {
  const { draft, missing } = useContext(FormOf)
  return {
    value: draft.fields[name],
    set: (value: FieldValue) => setField(draft.form, name, value),
    error: missing.find(fault => fault.field === name)?.message,
  }
}

export function TextField({ name, ...rest }: Named & { type?: 'text' | 'tel' | 'email' | 'url' | 'time'; inputMode?: 'numeric' | 'tel' | 'url' | 'email'; short?: boolean }) {
  const { value, set, error } = useField(name)
  return <TextInput {...rest} id={name} value={String(value ?? '')} error={error} onInput={set} />
}

export function LongTextField({ name, ...rest }: Named) {
  const { value, set, error } = useField(name)
  return <TextArea {...rest} id={name} value={String(value ?? '')} error={error} onInput={set} />
}

export function SelectField({ name, options, ...rest }: Named & { options: Option[] }) {
  const { value, set, error } = useField(name)
  const all = [{ value: '', text: words.found.choose }, ...options]
  return <Select {...rest} id={name} value={String(value ?? '')} options={all} error={error} onChange={set} />
}

export function RadioField({ name, label, options, unset = '' }: Named & { options: Option[]; unset?: string }) {
  const { value, set, error } = useField(name)
  return <Radios id={name} legend={label} inline options={options} value={String(value ?? unset)} error={error} onChange={set} />
}

export function CheckField({ name, label }: Named) {
  const { value, set } = useField(name)
  return (
    <div class="nhsuk-form-group nhsuk-checkboxes nhsuk-checkboxes--small">
      <Checkbox id={name} label={label} checked={value === true} onChange={set} />
    </div>
  )
}

export function ChecksField({ name, label, hint, options }: Named & { options: Option[] }) {
  const { value, set, error } = useField(name)
  return <Checkboxes id={name} legend={label} hint={hint} error={error} options={options} values={Array.isArray(value) ? value : []} onChange={set} inline />
}

/** A record that is there already, found by typing; or, where allowed, a new one under the typed name. */
export function RecordField({ name, label, hint, kind, offer, canAdd = true }: Named & { kind: Kind; canAdd?: boolean; offer?: (text: string) => Suggestion[] }) {
  const { value, set, error } = useField(name)
  const chosen = value as Chosen | null | undefined
  const ask = async (text: string, signal: AbortSignal): Promise<Suggestion[]> => {
    if (offer) return offer(text)
    const records = await lookUp(kind, text, signal)
    return records.map(({ id, name: title, address, postcode }) => ({ key: id, text: title, note: [address, postcode].filter(Boolean).join(', ') }))
  }
  return (
    <>
      <Suggest
        id={name}
        label={label}
        hint={hint}
        error={error}
        value={chosen?.name ?? ''}
        offer={ask}
        onInput={text => set(text ? { id: null, name: text } : null)}
        onChoose={({ key, text }) => set({ id: key, name: text })}
      />
      {chosen && (chosen.id || canAdd) && <p class="chosen">{chosen.id ? `✓ ${words.found.where.chosen}` : words.suggest.addNew(chosen.name)}</p>}
    </>
  )
}

/** Days by box and two times: enough for most weeks, and no notation to learn. */
export function TimesField() {
  return (
    <>
      <ChecksField name="days" label={words.found.days} hint={words.found.hints.days} options={DAYS.map(day => ({ value: day, text: words.days[day] }))} />
      <div class="side-by-side">
        <TextField name="from" label={words.found.from} type="time" />
        <TextField name="until" label={words.found.until} type="time" />
      </div>
    </>
  )
}

export function ContactFields() {
  return (
    <>
      <TextField name="phone" label={words.found.phone} type="tel" inputMode="tel" />
      <TextField name="email" label={words.found.email} type="email" inputMode="email" />
      <TextField name="website" label={words.found.website} hint={words.found.websiteHint} type="url" inputMode="url" />
    </>
  )
}

export function MoreDetail({ children }: { children: ComponentChildren }) {
  return (
    <details class="more">
      <summary>{words.found.moreDetail}</summary>
      <div class="more__in">{children}</div>
    </details>
  )
}

export function optionsOf(names: Record<string, string>): Option[] {
  return Object.entries(names).map(([value, text]) => ({ value, text }))
}

export function valuesAsOptions(values: string[]): Option[] {
  return values.map(value => ({ value, text: words.values.of(value) }))
}
