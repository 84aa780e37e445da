// The neutral header: the product's name, the main ways, and what is on the slip or kept here.
import type { Route } from '../state/route.ts'
import { outbox } from '../state/outbox.ts'
import { route } from '../state/route.ts'
import { isAdmin } from '../state/session.ts'
import { slip } from '../state/slip.ts'
import { Mark } from '../ui/mark.tsx'
import { words } from '../words/index.ts'

const WAYS: { screen: Route['screen']; href: string; text: string }[] = [
  { screen: 'find', href: '#/', text: words.nav.find },
  { screen: 'coverage', href: '#/who-can-get-there', text: words.nav.coverage },
  { screen: 'gaps', href: '#/gaps', text: words.nav.gaps },
]

export function Header() {
  const here = route.value.screen
  return (
    <header class="header">
      <div class="header__in">
        <a class="header__name" href="#/">
          <Mark />
          <span>{words.product}</span>
        </a>
        <nav class="header__nav" aria-label={words.nav.label}>
          <ul>
            {WAYS.map(({ screen, href, text }) => (
              <li key={screen}>
                <a href={href} aria-current={here === screen ? 'page' : undefined}>
                  {text}
                </a>
              </li>
            ))}
            <li>
              <a href="#/slip" aria-current={here === 'slip' ? 'page' : undefined}>
                {slip.value.length ? words.nav.slipCount(slip.value.length) : words.nav.slip}
              </a>
            </li>
            {isAdmin.value && (
              <li>
                <a href="#/bring-in" aria-current={here === 'bring-in' ? 'page' : undefined}>
                  {words.nav.bringIn}
                </a>
              </li>
            )}
            {outbox.value.length > 0 && (
              <li>
                <a class="header__waiting" href="#/waiting" aria-current={here === 'waiting' ? 'page' : undefined}>
                  {words.nav.waiting(outbox.value.length)}
                </a>
              </li>
            )}
          </ul>
        </nav>
        <a class="header__found" href="#/found">
          {words.nav.found}
        </a>
      </div>
    </header>
  )
}
