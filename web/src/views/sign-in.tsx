// Signing in by a one-time link: opened straight from the link, or with the link pasted in.
import { useEffect, useState } from 'preact/hooks'
import { renameHere } from '../state/route.ts'
import { isAdmin, session, signIn, signInState } from '../state/session.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { TextInput } from '../ui/fields.tsx'
import { Failed, Note } from '../ui/messages.tsx'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'

export function SignInScreen({ link }: { link: string | null }) {
  useEffect(() => {
    if (!link) return
    renameHere('#/sign-in')
    void signIn(link)
  }, [link])
  const { phase, failure } = signInState.value
  const { account } = session.value
  return (
    <div class="column">
      <Heading>{words.signIn.title}</Heading>
      {account ? (
        <SignedIn account={account} />
      ) : (
        <>
          <p class="lead">{words.signIn.lead}</p>
          {failure && <Failed text={failure.why === 'no_signal' ? words.failure.no_signal : words.signIn.failed} />}
          {phase === 'asking' ? <p role="status">{words.signIn.asking}</p> : <LinkForm />}
        </>
      )}
    </div>
  )
}

function SignedIn({ account }: { account: string }) {
  return (
    <>
      <Note tone="good">
        <p role="status">
          {words.signIn.done} {words.signIn.as(account)}.
        </p>
      </Note>
      <div class="buttons">
        <LinkButton href="#/found">{words.signIn.next}</LinkButton>
        {isAdmin.value && (
          <LinkButton href="#/bring-in" look="second">
            {words.nav.bringIn}
          </LinkButton>
        )}
      </div>
    </>
  )
}

function LinkForm() {
  const [pasted, setPasted] = useState('')
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        void signIn(pasted.trim().replace(/^.*\/sign-in\//, ''))
      }}
    >
      <TextInput id="link" label={words.signIn.link} hint={words.signIn.hint} value={pasted} autoComplete="off" onInput={setPasted} />
      <Button type="submit" disabled={!pasted.trim()}>
        {words.signIn.button}
      </Button>
    </form>
  )
}
