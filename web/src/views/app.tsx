// The frame around every screen: header, what must be said now (no signal, sent), the screen itself, footer.
import { useRef } from 'preact/hooks'
import { route, type Route } from '../state/route.ts'
import { words } from '../words/index.ts'
import { AboutScreen } from './about.tsx'
import { CoverageScreen } from './coverage.tsx'
import { FindScreen } from './find.tsx'
import { Footer } from './footer.tsx'
import { FoundScreen } from './found.tsx'
import { GapsScreen } from './gaps.tsx'
import { Header } from './header.tsx'
import { Later } from './later.tsx'
import { Lost } from './lost.tsx'
import { Notices } from './notices.tsx'
import { RecordScreen } from './record.tsx'
import { SignInScreen } from './sign-in.tsx'
import { SlipScreen } from './slip.tsx'
import { WaitingScreen } from './waiting.tsx'

export function App() {
  const main = useRef<HTMLElement>(null)
  return (
    <>
      <a class="nhsuk-skip-link" href="#main" onClick={event => (event.preventDefault(), main.current?.focus())}>
        {words.skip}
      </a>
      <Header />
      <Notices />
      <main class="page" id="main" tabIndex={-1} ref={main}>
        <Screen here={route.value} />
      </main>
      <Footer />
    </>
  )
}

function Screen({ here }: { here: Route }) {
  switch (here.screen) {
    case 'find':
      return <FindScreen />
    case 'record':
      return <RecordScreen kind={here.kind} id={here.id} />
    case 'slip':
      return <SlipScreen />
    case 'found':
      return <FoundScreen form={here.form} />
    case 'waiting':
      return <WaitingScreen />
    case 'coverage':
      return <CoverageScreen />
    case 'gaps':
      return <GapsScreen />
    case 'bring-in':
      return <Later title={words.nav.bringIn} fetch={bringInScreen} />
    case 'sign-in':
      return <SignInScreen link={here.link} />
    case 'about':
      return <AboutScreen />
    default:
      return <Lost />
  }
}

/** Few people bring lists in, so that its code and words are no part of the first page. */
async function bringInScreen() {
  return (await import('./bring-in.tsx')).BringInScreen
}
