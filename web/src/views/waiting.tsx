// What is kept here and not yet sent: why, and what can be done about it. After sending, what became of it.
import { isSending, justSent, outbox, sendAll, takeBack, throwAway, type Entry } from '../state/outbox.ts'
import { goTo } from '../state/route.ts'
import { isOnline } from '../state/signal-strength.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { focusSoon } from '../ui/focus.ts'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'

export function WaitingScreen() {
  const entries = outbox.value
  return (
    <div class="column">
      <Heading>{words.outbox.title}</Heading>
      <p class="lead">{entries.length ? words.outbox.lead : words.outbox.empty}</p>
      <WaitingList />
      <ul class="plain-list">
        {justSent.value.map(({ kind, id, name }) => (
          <li key={id}>
            <a href={`#/${kind}/${id}`}>{words.outbox.sent(name)}</a>
          </li>
        ))}
      </ul>
      <LinkButton href="#/found" look="second">
        {words.outbox.addAnother}
      </LinkButton>
    </div>
  )
}

export function WaitingList() {
  return (
    <ul class="waiting">
      {outbox.value.map(entry => (
        <WaitingEntry key={entry.id} entry={entry} />
      ))}
    </ul>
  )
}

function WaitingEntry({ entry }: { entry: Entry }) {
  return (
    <li class={`waiting__entry waiting__entry--${entry.state}`}>
      <p class="waiting__name">{entry.name}</p>
      <p role="status">{said(entry)}</p>
      {entry.state === 'refused' && (
        <ul>
          {entry.problems.length ? entry.problems.map(({ message }) => <li key={message}>{message}</li>) : <li>{entry.title}</li>}
        </ul>
      )}
      <div class="buttons">
        {entry.state === 'sign_in' && <LinkButton href="#/sign-in">{words.nav.signIn}</LinkButton>}
        {entry.state === 'refused' && (
          <Button look="second" onClick={() => void sendAll({ again: true })}>
            {words.outbox.sendAgain}
          </Button>
        )}
        {entry.draft && (
          <Button look="quiet" of={entry.name} onClick={() => void change(entry)}>
            {words.outbox.change}
          </Button>
        )}
        <Button look="quiet" of={entry.name} onClick={() => void throwAway(entry).then(() => focusSoon('page-title'))}>
          {words.outbox.remove}
        </Button>
      </div>
    </li>
  )
}

function said(entry: Entry): string {
  if (entry.state === 'sign_in') return words.outbox.signIn
  if (entry.state === 'refused') return words.outbox.refused
  return isOnline.value && isSending.value ? words.outbox.keptOnline : words.outbox.kept
}

async function change(entry: Entry) {
  const form = entry.draft!.form
  await takeBack(entry)
  goTo(`#/found/${form}`)
}
