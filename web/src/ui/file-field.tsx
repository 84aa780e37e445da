// A file, chosen or dropped in. The box is an ordinary file control, so that it works by keyboard and is read aloud.
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Field } from './fields.tsx'

interface FileFieldProps {
  id: string
  label: string
  hint: string
  error?: string | undefined
  accept: string
  file: File | null
  onChoose: (file: File) => void
  /** What stands below the control: that a file may be dropped here. */
  drop: string
}

export function FileField({ id, label, hint, error, accept, file, onChoose, drop }: FileFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  // Before anybody sees the fault of a file, so that the same file can be chosen again at once.
  useLayoutEffect(() => show(input.current, file), [file])
  return (
    <div
      class="file-field"
      onDragOver={event => event.preventDefault()}
      onDrop={event => {
        event.preventDefault()
        const dropped = event.dataTransfer?.files[0]
        if (dropped) onChoose(dropped)
      }}
    >
      <Field id={id} label={label} hint={hint} error={error}>
        <input
          ref={input}
          class="file-field__input"
          id={id}
          type="file"
          accept={accept}
          aria-describedby={`${id}-hint${error ? ` ${id}-error` : ''}`}
          onChange={event => {
            const chosen = event.currentTarget.files?.[0]
            if (chosen) onChoose(chosen)
            else show(event.currentTarget, file)
          }}
        />
        <p class="file-field__drop">{drop}</p>
      </Field>
    </div>
  )
}

/** The control says the name of the file that counts, also when it was dropped, or chosen before a step to and fro. */
function show(input: HTMLInputElement | null, file: File | null) {
  if (!input || input.files?.[0] === file || (!file && !input.files?.length)) return
  const held = new DataTransfer()
  if (file) held.items.add(file)
  input.files = held.files
}
