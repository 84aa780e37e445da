// The quiet end of each page: who is signed in, what this is, and whose data it stands on.
import { about } from '../state/reference.ts'
import { session, signOut } from '../state/session.ts'
import { words } from '../words/index.ts'

export function Footer() {
  const { account } = session.value
  return (
    <footer class="footer">
      <div class="footer__in">
        <ul class="footer__links">
          <li>
            <a href="#/about">{words.nav.about}</a>
          </li>
          <li>{account ? <SignedIn account={account} /> : <a href="#/sign-in">{words.nav.signIn}</a>}</li>
        </ul>
        {about.value && <p>{about.value.attribution.join(' ')}</p>}
      </div>
    </footer>
  )
}

function SignedIn({ account }: { account: string }) {
  return (
    <>
      {words.signIn.as(account)}{' '}
      <button class="quiet-button" type="button" onClick={() => void signOut()}>
        {words.nav.signOut}
      </button>
    </>
  )
}
