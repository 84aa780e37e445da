// Where the app starts: the screen first, then what it needs to know, then what was kept here and can now be sent.
import '@preact/signals'
import { render } from 'preact'
import './styles/main.scss'
import { loadReference } from './state/reference.ts'
import { followAddress } from './state/route.ts'
import { followSearchAddress } from './state/search.ts'
import { loadSession } from './state/session.ts'
import { startOutbox } from './state/outbox.ts'
import { App } from './views/app.tsx'

followAddress()
followSearchAddress()
const root = document.getElementById('app')!
root.replaceChildren()
render(<App />, root)

await loadReference()
addEventListener('online', () => void loadReference())
void loadSession()
void startOutbox()

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  const isFirstVisit = !navigator.serviceWorker.controller
  await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI))
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (isFirstVisit) void loadReference({ again: true })
  })
}
