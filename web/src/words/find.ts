// Words of the search screen.

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
}

export const find = {
  title: 'Find something that helps, near you',
  lead: 'Groups, activities, places and services round here. No account needed.',
  where: 'Where?',
  whereHint: 'A postcode or a town',
  whereFault: {
    postcode: 'We do not know this postcode. Check it, or type the town.',
    place: 'We do not know this place. Check it, or type a town or a postcode.',
  },
  didYouMean: (town: string) => `Did you mean ${town}?`,
  here: 'Use where I am',
  hereLabel: 'Where you are now',
  hereFailed: 'This device could not say where it is. Type a postcode or a town instead.',
  help: 'What would help?',
  helpHint: 'In your own words: “lonely”, “no money for food”, “lunch club”',
  search: 'Search',
  clear: 'Start again',
  often: 'Often looked for',
  choices: 'Narrow it down',
  more: 'More choices',
  when: 'When',
  anyDay: 'Any day',
  now: 'Open now',
  time: 'At',
  anyTime: 'Any time',
  within: 'How far',
  anyFar: 'Any distance',
  selfReferral: 'Can refer yourself',
  noCar: 'No car: 20 minutes’ walk',
  comesToYou: 'Comes to you or by phone',
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
  results: 'What is there',
  searchHere: 'Search round the middle of the map',
  crowd: (count: number) => `The map shows all ${count.toLocaleString('en-GB')} that fit or may fit. A number stands for so many: choose it to come closer. The list has the nearest.`,
  runs: {
    sure: 'Fits',
    without_travel: 'Comes to you or by phone',
    possible: 'Ring first',
  },
  runHints: {
    sure: 'These say they match what you asked for, nearest first.',
    without_travel: 'No journey needed: at home, by phone or online.',
    possible: 'These may fit, but do not say. Ask before anyone sets out.',
  },
  onlyFirst: (shown: number) => `These are the first ${shown}. Narrow it down to see others.`,
  none: 'Nothing found that fits.',
  noneHint: 'Try fewer choices, a wider distance or other words. Or tell us what is missing, so that it gets seen.',
  sayMissing: 'Say what is missing',
  count: (sure: number, without: number, possible: number, near: string | null) => {
    const parts = [
      plural(sure, 'fits', 'fit'),
      without ? `${without} without a journey` : '',
      possible ? `${possible} to ring first` : '',
    ].filter(Boolean)
    return near ? `Near ${near}: ${parts.join(', ')}` : `Everywhere here: ${parts.join(', ')}`
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
    language: 'is this language spoken?',
    within: 'how far is it?',
    free_capacity: 'is there a free place?',
    category: 'does it do this?',
    status: 'is it running?',
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
    found: { title: 'What have you found?', text: 'Put a group, a place, something to share or something missing on the map. Under a minute, with no signal too.' },
    coverage: { title: 'Who can get there?', text: 'How many people live within reach of something, and who does not.' },
    gaps: { title: 'Gaps', text: 'What is missing where, and who is closing it together.' },
  },
}
