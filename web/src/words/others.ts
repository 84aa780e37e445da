// Words of the slip, signing in and the page about the service.

export const slip = {
  title: 'Slip to hand over',
  lead: 'Up to five cards, in large print on A5. Nothing about the person is on it.',
  empty: 'The slip is empty. Search, and choose “Add to slip” on a card.',
  goFind: 'Go to Find',
  print: 'Print the slip',
  portrait: 'Upright',
  landscape: 'Sideways',
  shape: 'Paper, A5',
  clear: 'Empty the slip',
  isFull: 'The slip is full (5 of 5)',
  said: (count: number) => `On the slip, ${count} of 5`,
  full: 'The slip is full: five is plenty to take in.',
  remove: 'Take off',
  up: 'Up',
  down: 'Down',
  heading: 'Some things that may help',
  printed: (date: string) => `Printed on ${date}. Things change: ring before you set out.`,
  ringFirst: { when: 'Ring first: when is it on?', cost: 'Ring first: what does it cost?', getIn: 'Ring first: how do you get in?' },
  justCome: 'You can just come, or ring first.',
  parking: 'There is parking.',
  noParking: 'There is no parking.',
  noPhone: 'No phone number is known.',
  withoutParking: (text: string) => text.replace(/(, )?(no )?parking$/i, ''),
  phone: 'Ring',
  count: (count: number) => `${count} of 5`,
}

export const signIn = {
  title: 'Sign in',
  lead: 'You can look and search without an account. Sign in to add what you have found.',
  link: 'Sign-in link or its last part',
  hint: 'From the person who looks after this service. It works once.',
  button: 'Sign in',
  asking: 'Signing you in…',
  done: 'You are signed in.',
  failed: 'This link does not work: it may be used already, or too old. Ask for a new one.',
  as: (account: string) => `Signed in as ${account}`,
  next: 'What have you found?',
}

export const about = {
  title: 'About Common Ground',
  lead: 'A shared map of what a place has, who can get there, and what is missing, kept by the people who work there together: NHS trusts, charities, community hubs and councils.',
  promises: [
    'No patients are on it. A postcode you type is never put into an address or a log; an address you share carries only its first half.',
    'Everything says how fresh it is and who says so. What is not known is shown as “ring first”, never as “no”.',
  ],
  asksNobody: 'Nothing is asked of anyone else: no outside map, font or counter. What you look for stays between you and this server.',
  asksForMaps: (host: string) => `Map pictures come from ${host}, a third party, because whoever runs this chose so: it learns which part of the map you look at. Nothing else is asked of anyone: no font, no counter.`,
  promisesTitle: 'What you can count on',
  dataTitle: 'What it knows',
  licence: (licence: string) => `Shared under ${licence}.`,
  datasets: (name: string, rows: number) => `${name}: ${rows.toLocaleString('en-GB')} entries`,
  version: (version: string, revision: number) => `Version ${version}, revision ${revision.toLocaleString('en-GB')}`,
  attributionTitle: 'With thanks to',
}
