// Which screen is open, read from and written to the part of the address after the "#", so that any plain file
// server can serve the app, a card can be shared by its address, and back and forward work.
import { signal } from '@preact/signals-core'

export const RECORD_SCREENS = ['service', 'place', 'organisation', 'resource', 'gap'] as const
export type RecordScreen = (typeof RECORD_SCREENS)[number]
export const FOUND_FORMS = ['group', 'place', 'share', 'missing'] as const
export type FoundForm = (typeof FOUND_FORMS)[number]

/** The steps by which a list is brought in. */
export const STEPS = ['choose', 'look', 'try', 'done'] as const
export type Step = (typeof STEPS)[number]

export type Route =
  | { screen: 'find'; query: URLSearchParams }
  | { screen: 'record'; kind: RecordScreen; id: string }
  | { screen: 'slip' }
  | { screen: 'found'; form: FoundForm | null }
  | { screen: 'coverage'; query: URLSearchParams }
  | { screen: 'gaps' }
  | { screen: 'waiting' }
  | { screen: 'bring-in'; step: Step }
  | { screen: 'sign-in'; link: string | null }
  | { screen: 'about' }
  | { screen: 'lost' }

export const route = signal<Route>({ screen: 'find', query: new URLSearchParams() })

export function readRoute(hash: string): Route {
  const [path = '', words = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [first = '', second = ''] = decoded(path) ?? ['lost']
  const query = new URLSearchParams(words)
  const kind = RECORD_SCREENS.find(name => name === first)
  if (kind && second) return { screen: 'record', kind, id: second }
  switch (first) {
    case '':
    case 'find':
      return { screen: 'find', query }
    case 'found':
      return { screen: 'found', form: FOUND_FORMS.find(name => name === second) ?? null }
    case 'who-can-get-there':
      return { screen: 'coverage', query }
    case 'sign-in':
      return { screen: 'sign-in', link: second || null }
    case 'bring-in':
      return { screen: 'bring-in', step: STEPS.find(name => name === second) ?? 'choose' }
    case 'slip':
    case 'gaps':
    case 'waiting':
    case 'about':
      return { screen: first }
    default:
      return { screen: 'lost' }
  }
}

/** Null for an address that was cut off or mistyped. */
function decoded(path: string): string[] | null {
  try {
    return path.split('/').map(decodeURIComponent)
  } catch {
    return null
  }
}

export function followAddress() {
  const read = () => {
    route.value = readRoute(location.hash)
  }
  addEventListener('hashchange', read)
  read()
}

export function goTo(hash: string) {
  location.hash = hash
}

/** Changes the address without a step in the history: a search refined is still the same search. */
export function renameHere(hash: string) {
  history.replaceState(null, '', hash)
}
