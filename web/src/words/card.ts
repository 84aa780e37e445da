// Words of the card, which the list and the slip use too.
import { values } from './values.ts'

export const card = {
  headings: {
    what: 'What it is',
    when: 'When',
    where: 'Where',
    access: 'The building',
    gettingThere: 'Getting there',
    delivery: 'How it comes to you',
    who: 'For whom',
    getIn: 'How to get in',
    firstVisit: 'The first visit',
    cost: 'Cost',
    languages: 'Languages',
    phone: 'Phone',
    email: 'E-mail',
    website: 'Website',
    ask: 'Ask for',
    runBy: 'Run by',
    size: 'Size',
    missing: 'What is missing',
    reason: 'Why',
    people: 'Who it touches',
    status: 'Where it stands',
    lead: 'Who leads on it',
    due: 'Due',
    checks: 'Its checks',
    evidence: 'How we know',
  },
  near: (town: string) => `Near ${town}`,
  notSaid: 'It does not say. Ring first.',
  self: 'No referral needed: just get in touch or turn up.',
  selfOr: (others: string) => `No referral needed. ${capital(others)} can also refer.`,
  through: (others: string) => `Ask ${others} to refer.`,
  accepting: (value: string, on: string | null) => {
    const said: Record<string, string> = {
      yes: 'Taking people now',
      waiting_list: 'There is a waiting list',
      no: 'Not taking people at the moment',
    }
    return `${said[value] ?? values.of(value)}${on ? ` (as of ${on})` : ''}.`
  },
  wait: (weeks: number) => `The wait is about ${weeks} ${weeks === 1 ? 'week' : 'weeks'}.`,
  freePlaces: (free: number) => `About ${free} free ${free === 1 ? 'place' : 'places'}.`,
  check: (what: string, on: string | null) => `${values.of(what)}${on ? `, seen on ${on}` : ''}`,
  shared: (type: string, side: string) => [type, side].filter(Boolean).join('. '),
  someoneCanCome: 'Somebody can come with you the first time.',
  transport: 'Transport is offered.',
  ages: (from: number | null, to: number | null) => {
    if (from !== null && to !== null) return `Ages ${from} to ${to}`
    if (from !== null) return `Age ${from} and over`
    return to !== null ? `Up to age ${to}` : null
  },
  livingIn: (districts: string) => `People living in ${districts}`,
  registeredWith: (practices: string) => `Patients of ${practices}`,
  free: 'Free',
  notFree: 'There is a charge',
  size: (seats: number | null, metres: number | null) =>
    [seats ? `${seats} seats` : '', metres ? `${metres} square metres` : ''].filter(Boolean).join(', '),
  access: ({ step_free, toilet, parking }: { step_free?: boolean | null; toilet?: boolean | null; parking?: boolean | null }) =>
    [
      step_free === true ? 'step-free' : step_free === false ? 'not step-free' : '',
      toilet === true ? 'accessible toilet' : toilet === false ? 'no accessible toilet' : '',
      parking === true ? 'parking' : parking === false ? 'no parking' : '',
    ]
      .filter(Boolean)
      .join(', ')
      .replace(/^./, letter => letter.toUpperCase()),
  approximate: 'shown only roughly on the map',
  people: (count: number) => `${count.toLocaleString('en-GB')} people`,
  observed: (text: string, on: string | null) => `Seen: ${text}${on ? ` (${on})` : ''}`,
  computed: (on: string | null) => `Worked out under “Who can get there”${on ? ` on ${on}` : ''}; the question is kept and can be asked again.`,
  kept: (total: Reached, reach: string, what: string | null, area: { name: string; weight: number } | null) =>
    `${reached(total)} (with ${reach} as the limit${what ? `, asked for “${what}”` : ''}).${area ? ` In ${area.name} live ${Math.round(area.weight).toLocaleString('en-GB')} who are not.` : ''}`,
  workedOutHere: 'Worked out here, under “Who can get there”',
  evidenceAgain: 'Is it still so?',
  askAgain: 'Ask the question again',
  thenAndNow: ({ then, now, changed }: { then: Reached | null; now: Reached; changed: boolean }) =>
    changed
      ? `${then ? `Then ${reached(then)}; now ` : 'Now '}${reached(now)}.`
      : `Still so: ${reached(now)}.`,
  checked: (on: string, by: string, how: string) => `Checked on ${on} by ${by}${how ? `, ${how}` : ''}`,
  fromList: (list: string, on: string | null) => `Not checked yet; from the list “${list}”${on ? ` of ${on}` : ''}`,
  notChecked: 'Not checked yet',
  fresh: 'How fresh',
  whoSaysSo: 'Who says so',
  saidBy: (origin: string | null, lists: string[]) => {
    const said: Record<string, string> = {
      owner: 'The organisation itself',
      visited: 'Somebody who visited or rang',
      partner: 'A partner’s list',
      open_data: 'Open data',
    }
    const who = origin ? (said[origin] ?? values.of(origin)) : lists.length ? 'A list' : 'It was added here by hand'
    return lists.length ? `${who}: ${lists.map(list => `“${list}”`).join(', ')}` : who
  },
  unclear: (what: string) => `The list does not say clearly ${what}. Ring first.`,
  unclearFields: {
    status: 'whether it is open',
    from: 'when it begins',
    until: 'whether it has ended, or when it will',
    delivery: 'whether it comes to people or they go to it',
    service_area: 'where people must live for it',
    'eligibility.min_age': 'from what age it is',
    'eligibility.max_age': 'up to what age it is',
    'eligibility.districts': 'where people must live for it',
    'eligibility.practices': 'with which GP practices people must be registered',
    'eligibility.group': 'for whom it is',
    type: 'what sort it is',
  } as Record<string, string>,
  unclearOther: (field: string) => `this: ${field.toLowerCase()}`,
  further: (list: string | null) => (list ? `More from the list “${list}”` : 'More from the list'),
  furtherKept: 'Only admins see this',
  example: 'Illustrative',
  exampleWhole: 'This card is illustrative: made up to show how the tool works.',
  exampleParts: (fields: string) => `Illustrative, not facts: ${fields}.`,
  status: (status: string, from: string | null, until: string | null) =>
    `${values.of(status)}${from ? ` from ${from}` : ''}${until ? ` until ${until}` : ''}`,
  onHere: 'What is on here',
  itRuns: 'What it runs',
  noPoint: 'It has no point on the map.',
  reads: { service: 'Group, activity or service', place: 'Place', organisation: 'Organisation', resource: 'Something to share', gap: 'Gap' } as Record<string, string>,
}

export const times = {
  always: 'Always open',
  everyDay: 'Every day',
  bankHolidays: 'Bank holidays',
  schoolHolidays: 'School holidays',
  closed: (when: string) => `${when}: closed`,
  comment: (said: string, comment: string) => `${said}: ${comment}`,
  otherwise: (comment: string) => `At other times: ${comment}`,
  and: ' and ',
  range: (from: string, to: string) => `${from} to ${to}`,
  span: (from: string, until: string) => `${from} to ${until}`,
  midnight: 'midnight',
  noon: '12 noon',
  nthInMonth: (nth: number, day: string) => {
    const place = ['first', 'second', 'third', 'fourth', 'fifth'][nth - 1]
    return place ? `${capital(place)} ${day} of the month` : `Last ${day} of the month`
  },
  everySo: (weeks: number, day: string) => (weeks === 2 ? `Every other ${day}` : `Every ${weeks} weeks on ${day}`),
}

interface Reached {
  weight: number
  weight_covered: number
}

function reached({ weight, weight_covered }: Reached): string {
  return `${weight_covered.toLocaleString('en-GB')} of ${weight.toLocaleString('en-GB')} people are reached`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
