// Words of the card, which the list and the slip use too.
import { values } from './values.ts'

export const card = {
  headings: {
    what: 'What it is',
    when: 'When',
    where: 'Where',
    access: 'Accessibility',
    gettingThere: 'Getting there',
    delivery: 'Ways to take part',
    who: 'Who it is for',
    getIn: 'How to join or be referred',
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
    people: 'Who it affects',
    status: 'Status',
    lead: 'Who is leading',
    due: 'Due',
    checks: 'Checks',
    evidence: 'How we know',
  },
  near: (town: string) => `Near ${town}`,
  notSaid: 'Not known. Ring first.',
  self: 'No referral needed: just get in touch or turn up.',
  selfOr: (others: string) => `No referral needed. ${capital(others)} can also refer.`,
  through: (others: string) => `Ask ${others} to refer you.`,
  accepting: (value: string, on: string | null) => {
    const said: Record<string, string> = {
      yes: 'Taking people now',
      waiting_list: 'There is a waiting list',
      no: 'Not taking people at the moment',
    }
    return `${said[value] ?? values.of(value)}${on ? ` (as of ${on})` : ''}.`
  },
  wait: (weeks: number) => `The wait is about ${weeks} ${weeks === 1 ? 'week' : 'weeks'}.`,
  freePlaces: (free: number) => `About ${free} ${free === 1 ? 'place' : 'places'} available.`,
  check: (what: string, on: string | null) => `${values.of(what)}${on ? `, checked on ${on}` : ''}`,
  shared: (type: string, side: string) => [type, side].filter(Boolean).join('. '),
  someoneCanCome: 'Someone can come with you the first time.',
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
  approximate: 'only the approximate area is shown on the map',
  people: (count: number) => `${count.toLocaleString('en-GB')} people`,
  observed: (text: string, on: string | null) => `Reported: ${text}${on ? ` (${on})` : ''}`,
  computed: (on: string | null) => `Worked out with “Who can get there”${on ? ` on ${on}` : ''}. You can work it out again to see what has changed.`,
  kept: (total: Reached, reach: string, what: string | null, area: { name: string; weight: number } | null) =>
    `${reached(total)} (within ${reach}${what ? ` of “${what}”` : ''}).${area ? ` In ${area.name}, ${Math.round(area.weight).toLocaleString('en-GB')} people are not.` : ''}`,
  workedOutHere: 'Worked out here, with “Who can get there”',
  evidenceAgain: 'Is this still true?',
  askAgain: 'Work it out again',
  thenAndNow: ({ then, now, changed }: { then: Reached | null; now: Reached; changed: boolean }) =>
    changed
      ? `${then ? `Before: ${reached(then)}. ` : ''}Now: ${reached(now)}.`
      : `Still true: ${reached(now)}.`,
  checked: (on: string, by: string, how: string) => `Checked on ${on} by ${by}${how ? `, ${how}` : ''}`,
  fromList: (list: string, on: string | null) => `Not checked yet. From the list “${list}”${on ? `, ${on}` : ''}`,
  notChecked: 'Not checked yet',
  fresh: 'How up to date',
  whoSaysSo: 'Where this comes from',
  saidBy: (origin: string | null, lists: string[]) => {
    const said: Record<string, string> = {
      owner: 'The organisation itself',
      visited: 'Someone who visited or rang',
      partner: 'A partner’s list',
      open_data: 'Open data',
    }
    const who = origin ? (said[origin] ?? values.of(origin)) : lists.length ? 'A list' : 'Added by hand'
    return lists.length ? `${who}: ${lists.map(list => `“${list}”`).join(', ')}` : who
  },
  unclear: (what: string) => `It is not clear from the list ${what}. Ring first.`,
  unclearFields: {
    status: 'whether it is open',
    from: 'when it begins',
    until: 'whether it has ended, or when it will',
    delivery: 'whether people go to it or it comes to them',
    service_area: 'where people must live to use it',
    'eligibility.min_age': 'what age it starts from',
    'eligibility.max_age': 'what age it goes up to',
    'eligibility.districts': 'where people must live to use it',
    'eligibility.practices': 'which GP practice people must be registered with',
    'eligibility.group': 'who it is for',
    type: 'what sort it is',
  } as Record<string, string>,
  unclearOther: (field: string) => `what is meant by “${field.toLowerCase()}”`,
  further: (list: string | null) => (list ? `More from the list “${list}”` : 'More from the list'),
  furtherKept: 'Only admins see this',
  example: 'Example',
  exampleWhole: 'This card is an example, made up to show how Common Ground works.',
  exampleParts: (fields: string) => `Made up as an example: ${fields}.`,
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
  or: ' or ',
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
