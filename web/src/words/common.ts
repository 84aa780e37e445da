// Words that stand on every screen.

export const common = {
  product: 'Common Ground',
  tagline: 'What is here, who can get there, what is missing',
  skip: 'Skip to the main content',
  nav: {
    label: 'Main',
    find: 'Find',
    coverage: 'Who can get there',
    gaps: 'Gaps',
    found: 'What have you found?',
    slip: 'Slip',
    about: 'About',
    signIn: 'Sign in',
    signOut: 'Sign out',
    waiting: (count: number) => `${count} kept here`,
    slipCount: (count: number) => `Slip (${count})`,
  },
  noSignal: 'No signal. You can go on: what you write is kept here and sent when there is signal.',
  demo: 'Demonstration: some of what you see here is made up, and says so.',
  loading: 'One moment…',
  back: 'Back',
  errorTitle: 'There is a problem',
  failure: {
    no_signal: 'There is no signal, or the server is away for a moment. Try again in a minute.',
    sign_in: 'Please sign in first.',
    not_found: 'This is not here, or not open to you.',
    refused: 'That could not be answered.',
    busy: 'The server is busy. Try again in a minute.',
  },
  tryAgain: 'Try again',
  lost: { title: 'There is no such page', text: 'The address may be old or mistyped.', home: 'Go to Find' },
  suggest: {
    list: 'Suggestions',
    count: (count: number) => (count === 1 ? '1 to choose from' : `${count} to choose from`),
    addNew: (name: string) => `Add “${name}” as new`,
  },
  map: {
    label: 'Map. Arrow keys move it, plus and minus change its size. The list beside it says all that it shows.',
    opening: 'Opening the map…',
    none: 'The map cannot be drawn on this device. The list shows everything.',
  },
}
