// "What have you found?": four choices, and behind each the one form.
import { FOUND_FORMS, type FoundForm } from '../state/route.ts'
import { outbox } from '../state/outbox.ts'
import { Note } from '../ui/messages.tsx'
import { session } from '../state/session.ts'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'
import { FoundFormScreen } from './found-form.tsx'
import { WaitingList } from './waiting.tsx'

export function FoundScreen({ form }: { form: FoundForm | null }) {
  return form ? <FoundFormScreen key={form} form={form} /> : <FourChoices />
}

function FourChoices() {
  return (
    <div class="column">
      <Heading>{words.found.title}</Heading>
      <p class="lead">{words.found.lead}</p>
      {!session.value.account && (
        <Note>
          {words.found.signedOut} <a href="#/sign-in">{words.nav.signIn}</a>
        </Note>
      )}
      <div class="tiles tiles--two">
        {FOUND_FORMS.map(name => (
          <a key={name} class="tile" href={`#/found/${name}`}>
            <span class="tile__title">{words.found.forms[name].title}</span>
            <span>{words.found.forms[name].text}</span>
          </a>
        ))}
      </div>
      {outbox.value.length > 0 && (
        <section aria-labelledby="kept">
          <h2 id="kept">{words.outbox.title}</h2>
          <WaitingList />
        </section>
      )}
    </div>
  )
}
