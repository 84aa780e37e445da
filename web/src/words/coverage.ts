// Words of "Who can get there" and of the list of gaps.
import { values } from './values.ts'

const number = (value: number) => Math.round(value).toLocaleString('en-GB')
const percent = (share: number) => `${share > 0.995 && share < 1 ? 'over 99' : Math.round(share * 100)}%`

const IGNORED: Record<string, string> = { age: 'the ages a group is for', open_at: 'days and times', language: 'languages', accepting: 'whether they take people now' }

/** People of an answer, apart by how they are reached: numbers that add up. */
export interface Numbers {
  total: number
  near: number
  /** Reached without a journey: it comes to them, or is by phone or online. */
  without: number
  unsure: number
  left: number
  areas: number
  areasLeft: number
}

export const coverage = {
  title: 'Who can get there?',
  lead: 'How many people live within reach of something, neighbourhood by neighbourhood.',
  what: 'What should people be able to get to?',
  whatAny: 'Any group or activity',
  services: 'Groups, activities and services',
  places: 'Places',
  anything: 'any group or activity',
  far: 'How far?',
  unit: 'Units',
  units: { mi: 'miles', km: 'kilometres', 'min walk': 'minutes’ walk' } as Record<string, string>,
  areas: 'Which neighbourhoods?',
  areaSet: (name: string, count: number) => `${values.of(name)} (${count.toLocaleString('en-GB')})`,
  weight: 'Who should be counted?',
  by: 'Compare by',
  byNothing: 'No comparison',
  byQuintile: (name: string) => `Fifths by ${name.toLowerCase()}`,
  selfReferral: 'Only where people can refer themselves',
  ask: 'Work it out',
  asking: 'Working it out…',
  noAreas: 'No neighbourhoods have been brought in yet, so there is nothing to count. Whoever looks after this service can import them.',
  reach: (far: string, unit: string) => (unit === 'min walk' ? `${far} minutes’ walk` : `${far} ${unit === 'mi' ? (far === '1' ? 'mile' : 'miles') : 'km'}`),
  whom: (weight: string) => (weight === 'population' ? 'people' : weight.replaceAll('_', ' ')),
  sentence: ({ total, near, without, unsure, left, areas, areasLeft }: Numbers, whom: string, reach: string, subject: string) =>
    [
      `${number(near)} of ${number(total)} ${whom} (${percent(total ? near / total : 0)}) live within ${reach} of ${subject}`,
      without > 0 ? `${number(without)} more are reached by phone or at home` : '',
      unsure > 0 ? `${number(unsure)} more may be, but not enough is known about what is near them` : '',
      left >= 1 ? `${number(left)} are not reached, in ${number(areasLeft)} of ${number(areas)} neighbourhoods` : 'nobody is left out',
    ]
      .filter(Boolean)
      .join('; ') + '.',
  subject: (name: string, isAny: boolean) => (isAny ? 'any group or activity' : `“${name}”`),
  rules: {
    straight_line: 'Distances are as the crow flies.',
    walking_straight_line: 'Walking is counted along a straight line at 3 miles (4.8 km) an hour; real paths are longer.',
  } as Record<string, string>,
  outside: (people: number) => `${number(people)} of them can only get to one outside the area.`,
  withoutWeight: (areas: number, whom: string) =>
    `It is not known how many ${whom} live in ${number(areas)} ${areas === 1 ? 'neighbourhood' : 'neighbourhoods'}, so nobody there is counted.`,
  ignored: (fields: string[]) => `Not taken into account: ${fields.map(field => IGNORED[field] ?? field.replaceAll('_', ' ')).join(', ')}.`,
  changed: 'You changed the question. Work it out again.',
  farFault: 'Type how far as a number more than 0, such as 2 or 1.5',
  map: 'On the map',
  legend: { covered: 'Live within reach', without: 'At home, by phone or online', perhaps: 'Perhaps: ring first', not: 'Not reached', size: 'Larger circle: more people' },
  legendLabel: 'What the map shows',
  compared: 'Compared',
  groupName: (key: string, isFifth: boolean) => {
    if (!isFifth) return key
    const names: Record<string, string> = { '1': 'Lowest fifth', '2': 'Second fifth', '3': 'Middle fifth', '4': 'Fourth fifth', '5': 'Highest fifth' }
    return names[key] ?? key
  },
  groupShare: (share: number | null) => (share === null ? 'nobody lives there' : percent(share)),
  columns: { group: 'Neighbourhoods', name: 'Neighbourhood', weight: 'People', nearest: 'Nearest', covered: 'Are they reached?', share: 'Reached, including by phone or at home' },
  sortHint: 'Select a column heading to sort by it.',
  table: 'Neighbourhood by neighbourhood',
  yes: 'Within reach',
  without: 'Without travelling',
  perhaps: 'Perhaps',
  no: 'Not reached',
  byOther: { at_home: 'Comes to them', telephone: 'By phone', online: 'Online' } as Record<string, string>,
  none: 'None within reach',
  download: 'Download the table (CSV)',
  fileName: 'who-can-get-there.csv',
  record: 'Record this as a gap',
  gapWhere: 'Which neighbourhood?',
  gapArea: (name: string, people: number) => `${name} (${number(people)})`,
  gapWhat: 'What is missing?',
  gapReason: 'What gets in the way?',
  gapKeeps: 'The question, the answer and the date are saved with the gap as evidence.',
  gapName: (what: string, where: string) => `${what}: missing in ${where}`,
  gapSave: 'Record the gap',
  gapNone: 'Nobody is left out, so there is no gap to record.',
}

export const gaps = {
  title: 'Gaps',
  lead: 'What is missing, where, and what is being done about it. Partners agree together who will close each gap.',
  none: 'No gaps have been recorded yet.',
  add: 'Say what is missing',
  work: 'Find gaps with “Who can get there”',
  columns: { name: 'What is missing', reason: 'Why', people: 'People', status: 'Status', evidence: 'How we know' },
  worked: 'Worked out',
  seen: 'Reported',
  notSaid: 'Not known',
}
