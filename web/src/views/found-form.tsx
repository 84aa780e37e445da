// The one form behind the four choices: checks only what is needed, then hands the records to the outbox.
import { useEffect, useState } from 'preact/hooks'
import { dropDraft, drafts, openDraft, type Draft } from '../state/drafts.ts'
import { missingFields, recordsFrom, type Missing } from '../state/found.ts'
import { putInOutbox } from '../state/outbox.ts'
import { goTo, type FoundForm } from '../state/route.ts'
import { Button } from '../ui/button.tsx'
import { focusSoon } from '../ui/focus.ts'
import { ErrorSummary, Loading } from '../ui/messages.tsx'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'
import { FormOf } from './draft-fields.tsx'
import { GroupForm } from './found-group.tsx'
import { MissingForm } from './found-missing.tsx'
import { PlaceForm } from './found-place.tsx'
import { ShareForm } from './found-share.tsx'

const FORMS = { group: GroupForm, place: PlaceForm, share: ShareForm, missing: MissingForm }

export function FoundFormScreen({ form }: { form: FoundForm }) {
  const [found, setFound] = useState<{ faults: Missing[]; attempt: number }>({ faults: [], attempt: 0 })
  useEffect(() => void openDraft(form), [form])
  const draft = drafts.value[form]
  const said = words.found.forms[form]
  const Fields = FORMS[form]
  const missing = draft ? stillSo(found.faults, draft) : []

  const save = async () => {
    const faults = missingFields(draft!)
    setFound({ faults, attempt: found.attempt + 1 })
    if (!faults.length) await hand(draft!)
  }
  return (
    <div class="column">
      <p>
        <a class="back" href="#/found">
          ‹ {words.found.title}
        </a>
      </p>
      <Heading>{said.title}</Heading>
      {missing.length > 0 && <ErrorSummary faults={missing} attempt={found.attempt} fieldId={field => field} />}
      {draft ? (
        <form
          noValidate
          class="found-form"
          onSubmit={event => {
            event.preventDefault()
            void save()
          }}
        >
          <FormOf.Provider value={{ draft, missing }}>
            <Fields />
          </FormOf.Provider>
          <p class="found-form__kept">{words.found.keystrokes}</p>
          <div class="buttons">
            <Button type="submit">{said.save}</Button>
            <Button look="quiet" onClick={() => (dropDraft(form), setFound({ faults: [], attempt: 0 }), focusSoon('page-title'))}>
              {words.found.cancel}
            </Button>
          </div>
        </form>
      ) : (
        <Loading />
      )}
    </div>
  )
}

/** What was said to be missing and still is: a fault leaves when its field is filled. */
function stillSo(faults: Missing[], draft: Draft): Missing[] {
  const now = missingFields(draft)
  return faults.filter(({ field }) => now.some(fault => fault.field === field))
}

async function hand(draft: Draft) {
  const now = new Date().toISOString()
  await putInOutbox({
    id: draft.entry,
    name: String(draft.fields['name'] ?? ''),
    at: now,
    records: recordsFrom(draft, now),
    draft,
    taken: draft.taken,
  })
  goTo('#/waiting')
}
