// Words of the search screen.

/** How many there are, of each run and farther away than asked. */
interface Totals {
  sure: number
  without_travel: number
  possible: number
  beyond: number
}

function plural(count: number, one: string, many = one): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
}

export const find = {
  title: 'Find something that helps, near you',
  lead: 'Groups, activities, places and services round here. No account needed.',
  where: 'Where?',
  whereHint: 'A postcode or a town',
  whereFault: {
    postcode: 'We could not find this postcode. Check it, or type the town.',
    place: 'We could not find this place. Check it, or type a town or a postcode.',
  },
  didYouMean: (town: string) => `Did you mean ${town}?`,
  here: 'Use my location',
  hereLabel: 'Where you are now',
  hereFailed: 'We could not find where you are. Type a postcode or a town instead.',
  help: 'What would help?',
  helpHint: 'In your own words: “lonely”, “no money for food”, “lunch club”',
  search: 'Search',
  clear: 'Start again',
  often: 'Common searches',
  choices: 'Narrow it down',
  more: 'More choices',
  when: 'When',
  anyDay: 'Any day',
  now: 'Open now',
  time: 'At',
  anyTime: 'Any time',
  within: 'How far',
  anyFar: 'Any distance',
  selfReferral: 'You can refer yourself',
  noCar: 'No car: 20 minutes’ walk',
  comesToYou: 'At home, by phone or online',
  free: 'Free',
  stepFree: 'Step-free',
  takingPeople: 'Taking people now',
  age: 'Age of the person',
  language: 'Language',
  anyLanguage: 'Any language',
  category: 'What it does',
  anyCategory: 'Anything',
  asList: 'List',
  asMap: 'Map',
  listOrMap: 'Show as',
  results: 'Results',
  searchHere: 'Search from the middle of the map',
  crowd: (count: number) => `The map shows all ${count.toLocaleString('en-GB')} that fit or may fit. Circles with a number are groups: select one to zoom in. The list has the nearest.`,
  runs: {
    sure: 'Fits',
    without_travel: 'At home, by phone or online',
    possible: 'Ring first',
  },
  runHints: {
    sure: 'These say they match what you asked for, nearest first.',
    without_travel: 'You do not need to travel.',
    possible: 'These may fit, but not enough is known. Ask before anyone sets out.',
  },
  onlyFirst: (shown: number, total: number) => `These are the first ${shown} of ${total.toLocaleString('en-GB')}. Narrow it down to see others.`,
  none: (beyond: number) => (beyond ? 'Nothing found within this distance.' : 'Nothing found.'),
  noneHint: 'Try fewer choices, a longer distance or other words. Or tell us what is missing, so that others know.',
  sayMissing: 'Say what is missing',
  count: ({ sure, without_travel, possible, beyond }: Totals, near: string | null) => {
    const parts = [
      plural(sure, 'fits', 'fit'),
      without_travel ? plural(without_travel, 'without travelling') : '',
      possible ? plural(possible, 'to ring first') : '',
    ].filter(Boolean)
    const where = near ? `Near ${near}` : beyond ? 'Near the middle of this area' : 'Everywhere here'
    const farther = beyond ? `. ${plural(beyond, 'that fits or may fit is farther away', 'that fit or may fit are farther away')}.` : ''
    return `${where}: ${parts.join(', ')}${farther}`
  },
  asking: 'Searching…',
  askFirst: (unknown: string) => `Ask first: ${unknown}`,
  unknown: {
    open_at: 'is it on then?',
    referral: 'can you refer yourself?',
    delivery: 'does it come to people?',
    free: 'what does it cost?',
    accessible: 'is it step-free?',
    accepting: 'is it taking people now?',
    age: 'is it for this age?',
    language: 'do they speak this language?',
    within: 'how far is it?',
    free_capacity: 'is there a free place?',
    category: 'does it do this?',
    status: 'is it open at all?',
    assured_since: 'when was it last checked?',
    checked: 'is this still right?',
    service_area: 'does it cover where you live?',
    area: 'does it cover this area?',
    type: 'what kind of place is it?',
  } as Record<string, string>,
  unknownOther: 'some of what you asked for',
  onSlip: 'On the slip',
  addToSlip: 'Add to slip',
  takeOffSlip: 'Take off the slip',
  ring: 'Ring',
  miles: (metres: number) => {
    const miles = metres / 1609.344
    if (miles < 0.1) return 'right here'
    return `${miles < 10 ? miles.toFixed(1) : Math.round(miles)} miles`.replace(/^1\.0 miles$/, '1 mile')
  },
  by: {
    at_home: 'Comes to you',
    telephone: 'By phone',
    online: 'Online',
    inside_service_area: 'Covers your area',
  } as Record<string, string>,
  waysOn: 'More you can do',
  tiles: {
    found: { title: 'What have you found?', text: 'Put a group, a place, something to share or something missing on the map. It takes under a minute and works with no signal.' },
    coverage: { title: 'Who can get there?', text: 'How many people live within reach of something, and who does not.' },
    gaps: { title: 'Gaps', text: 'What is missing, where, and who is working together to put it right.' },
  },
}
