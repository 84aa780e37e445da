// Words of "Who can get there" and of the list of gaps.
import { values } from './values.ts'

const number = (value: number) => Math.round(value).toLocaleString('en-GB')
const percent = (share: number) => `${share > 0.995 && share < 1 ? 'over 99' : Math.round(share * 100)}%`

interface Numbers {
  weight: number
  weight_covered: number
  weight_unsure: number
  areas: number
  areas_covered: number
}

export const coverage = {
  title: 'Who can get there?',
  lead: 'How many people live within reach of something, neighbourhood by neighbourhood.',
  what: 'Of what?',
  whatAny: 'Any group or activity',
  services: 'Groups, activities and services',
  places: 'Places',
  anything: 'any group or activity',
  far: 'How far?',
  unit: 'Counted in',
  units: { mi: 'miles', km: 'kilometres', 'min walk': 'minutes’ walk' } as Record<string, string>,
  areas: 'Which neighbourhoods?',
  areaSet: (name: string, count: number) => `${values.of(name)} (${count.toLocaleString('en-GB')})`,
  weight: 'Counting whom?',
  by: 'Compared by',
  byNothing: 'No comparison',
  byQuintile: (name: string) => `Fifths by ${name.toLowerCase()}`,
  selfReferral: 'Only where people can refer themselves',
  ask: 'Work it out',
  asking: 'Working it out…',
  noAreas: 'No neighbourhoods have been brought in yet, so there is nothing to count. Whoever looks after this service can import them.',
  reach: (far: string, unit: string) => (unit === 'min walk' ? `${far} minutes’ walk` : `${far} ${unit === 'mi' ? (far === '1' ? 'mile' : 'miles') : 'km'}`),
  whom: (weight: string) => (weight === 'population' ? 'people' : weight.replaceAll('_', ' ')),
  sentence: (total: Numbers, whom: string, reach: string, subject: string) => {
    const left = total.weight - total.weight_covered - total.weight_unsure
    const share = total.weight ? total.weight_covered / total.weight : 0
    const first = `${number(total.weight_covered)} of ${number(total.weight)} ${whom} (${percent(share)}) live within ${reach} of ${subject}.`
    const unsure = total.weight_unsure > 0 ? ` ${number(total.weight_unsure)} more may, but what is near them does not say enough.` : ''
    const rest = left >= 1 ? ` ${number(left)} do not, in ${number(total.areas - total.areas_covered)} of ${number(total.areas)} neighbourhoods.` : ' Nobody is left out.'
    return first + unsure + rest
  },
  subject: (name: string, isAny: boolean) => (isAny ? 'any group or activity' : `“${name}”`),
  rules: {
    straight_line: 'Distances are as the crow flies.',
    walking_straight_line: 'Walking is counted along a straight line at 3 miles (4.8 km) an hour; real paths are longer.',
  } as Record<string, string>,
  outside: (people: number) => `${number(people)} of them reach it only beyond the border.`,
  ignored: (what: string) => `Not taken into account: ${what}.`,
  map: 'On the map',
  legend: { covered: 'Can get there', perhaps: 'Perhaps: ring first', not: 'Cannot get there', size: 'Larger circle: more people' },
  legendLabel: 'What the map shows',
  compared: 'Compared',
  groupName: (key: string, isFifth: boolean) => {
    if (!isFifth) return key
    const names: Record<string, string> = { '1': 'Lowest fifth', '2': 'Second fifth', '3': 'Middle fifth', '4': 'Fourth fifth', '5': 'Highest fifth' }
    return names[key] ?? key
  },
  groupShare: (share: number | null) => (share === null ? 'nobody lives there' : percent(share)),
  columns: { group: 'Neighbourhoods', name: 'Neighbourhood', weight: 'People', nearest: 'Nearest', covered: 'Can they get there?', share: 'Can get there' },
  sortHint: 'Choose a column heading to sort by it.',
  table: 'Neighbourhood by neighbourhood',
  yes: 'Yes',
  perhaps: 'Perhaps',
  no: 'No',
  byOther: { at_home: 'Comes to them', telephone: 'By phone', online: 'Online' } as Record<string, string>,
  none: 'none in reach',
  download: 'Download the table (CSV)',
  fileName: 'who-can-get-there.csv',
  record: 'Record this as a gap',
  gapWhere: 'Which neighbourhood?',
  gapArea: (name: string, people: number) => `${name} (${number(people)})`,
  gapWhat: 'What is missing?',
  gapReason: 'What gets in the way?',
  gapKeeps: 'The gap keeps its evidence: the question asked, the answer, and the date.',
  gapName: (what: string, where: string) => `${what}: missing in ${where}`,
  gapSave: 'Record the gap',
  gapNone: 'Nobody is left out, so there is no gap to record.',
}

export const gaps = {
  title: 'Gaps',
  lead: 'What is missing, where, and where it stands. Partners agree together who closes each one.',
  none: 'No gap has been recorded yet.',
  add: 'Say what is missing',
  work: 'Find gaps under “Who can get there”',
  columns: { name: 'What is missing', reason: 'Why', people: 'People', status: 'Where it stands', evidence: 'How we know' },
  worked: 'Worked out',
  seen: 'Seen',
  notSaid: 'Not said',
}
