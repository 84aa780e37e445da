// Words of "Bring in a list": a colleague's spreadsheet, step by step, for somebody who never saw a command line.
import { values } from './values.ts'

const number = (value: number) => value.toLocaleString('en-GB')
const rows = (count: number) => `${number(count)} ${count === 1 ? 'row' : 'rows'}`
const cells = (count: number) => `${number(count)} ${count === 1 ? 'cell' : 'cells'}`

/** What fields are called; the rest says itself with its underscores taken out. */
const FIELDS: Record<string, string> = {
  name: 'Name',
  type: 'What sort it is',
  side: 'Whether it is offered or wanted',
  description: 'Description',
  use: 'What it is good for',
  categories: 'What it does',
  'provider.name': 'Who runs it',
  'place.name': 'Name of the place',
  address: 'Address',
  postcode: 'Postcode',
  lat: 'Latitude',
  lon: 'Longitude',
  lat_lon: 'Latitude and longitude in one cell',
  easting: 'Easting',
  northing: 'Northing',
  x: 'Easting or longitude',
  y: 'Northing or latitude',
  grid_ref: 'Grid reference',
  wkt: 'Outline (WKT)',
  point: 'Where it is',
  phone: 'Phone',
  email: 'E-mail',
  website: 'Website',
  contact_role: 'Who to ask for',
  hours: 'Opening times',
  schedule: 'When it runs',
  slots: 'When it is available',
  status: 'Whether it is open',
  closed: 'Whether it is closed for good',
  active: 'Whether it is still there',
  from: 'First day',
  until: 'Last day',
  delivery: 'How people can use it',
  service_area: 'Neighbourhood it serves',
  'eligibility.min_age': 'From age',
  'eligibility.max_age': 'Up to age',
  'eligibility.group': 'Who it is for, in words',
  'eligibility.districts': 'Districts people must live in',
  referral: 'How people join or get referred',
  'accepting.value': 'Whether it takes people now',
  'capacity.per_week': 'Places a week',
  'capacity.free': 'Free places',
  'capacity.waiting_weeks': 'Weeks to wait',
  languages: 'Languages',
  'cost.free': 'Whether it is free',
  'cost.text': 'What it costs, in words',
  first_visit: 'What happens on the first visit',
  'accessible.step_free': 'Step-free',
  'accessible.toilet': 'Accessible toilet',
  'accessible.parking': 'Accessible parking',
  'identifiers.ODS': 'NHS (ODS) code',
  'identifiers.UPRN': 'UPRN of the building',
  'identifiers.GB-CHC': 'Charity number',
  'identifiers.GB-COH': 'Company number',
  'provider.identifiers.GB-CHC': 'Charity number of who runs it',
  'provider.identifiers.ODS': 'NHS (ODS) code of who runs it',
  org_id: 'Organisation identifier',
  seats: 'How many people it holds',
  square_metres: 'Square metres',
  code: 'Code',
  population: 'How many people live there',
  area_set: 'Set of neighbourhoods',
  visibility: 'Who may see it',
  precision: 'Whether it is shown exactly',
  home_address: 'Whether somebody lives there',
  key: 'Tells the rows apart',
}

const KEPT = 'No matching field: kept under its own heading, for admins'

export const bringIn = {
  title: 'Bring in a list',
  lead: 'Put a colleague’s spreadsheet on the map, step by step. Nothing goes on the map until the last step, and even then it can be taken back.',
  signIn: 'Lists are brought in by admins. Sign in with the link you were given; the person who looks after this service has one.',
  notYours: (account: string) => `You are signed in as ${account}, and lists are brought in by admins. Ask the person who looks after this service to bring it in, or for an admin sign-in link.`,
  step: (now: number) => `Step ${now} of 4`,
  steps: { choose: 'Choose the list', look: 'Look at its columns', try: 'See what would happen', done: 'It is in' },
  isTakenBack: 'It has been taken back',
  reading: (file: string) => `Reading ${file}…`,
  trying: (file: string) => `Reading ${file} to see what would happen…`,
  bringing: (file: string) => `Bringing in ${file}. Leave this page open until it is done…`,
  takingBack: 'Taking it back. Leave this page open until it is done…',
  stop: 'Stop reading',

  file: 'The file',
  fileHint: 'A spreadsheet saved as CSV, or a GeoJSON file (.csv, .txt, .tsv, .geojson, .json). In Excel: File, Save As, “CSV UTF-8”.',
  drop: 'Or drop it here.',
  kind: 'What is each row?',
  kinds: {
    place: 'A place: a hall, clinic, library, pharmacy',
    service: 'A group, activity or service',
    organisation: 'An organisation',
    area: 'A neighbourhood, with numbers or an outline',
    resource: 'Something to share, or something needed',
  },
  areaSet: 'What is this set of neighbourhoods called?',
  areaSetHint: (known: string[]) =>
    `A short name, such as “wards”. If these neighbourhoods are here already, use the name they have.${known.length ? ` Here already: ${known.join(', ')}.` : ''}`,
  type: { place: 'What sort of places are they?', organisation: 'What sort of organisations are they?', resource: 'What sort of thing is it?' } as Record<string, string>,
  typeHint: 'Only if all rows are of one sort',
  typeByColumn: 'A column says so, or it is not known',
  typeByColumnOnly: 'A column says so',
  side: 'Offered, or needed?',
  sides: { '': 'A column says so', offered: 'They have it to share', wanted: 'They need it' },
  category: 'What do they all do?',
  categoryHint: 'Only if all rows do the same',
  categoryByColumn: 'A column says so, or it is not known',
  list: 'What is the list called?',
  listHint: 'Use the same name next time to update it: only what has changed is changed, and nothing is added twice.',
  origin: 'Whose information is this?',
  originHint: 'Each card shows this. A list never overwrites what somebody closer to the facts has said.',
  origins: {
    partner: 'A partner’s: a colleague or another organisation keeps this list',
    owner: 'Their own: each organisation said this about itself',
    visited: 'Ours: we visited or rang each of them',
    open_data: 'Open data, or a list that anybody can get',
  },
  more: 'If the list has no headings',
  noHeader: 'The first row is data already',
  next: { choose: 'Look at its columns', look: 'See what would happen', try: 'Bring it in' },
  back: { look: 'Back to the file', try: 'Back to the columns' },

  summary: (good: number, all: number) => (good === all ? `All ${rows(all)} can be read.` : `${number(good)} of ${rows(all)} can be read.`),
  summaryHint: 'The next step says what is wrong with the others, row by row.',
  readAs: (form: string) => `Read as ${form}.`,
  columnsCaption: 'The columns of the list, what each is used as, and what happens to its cells',
  columns: { heading: 'Column', taken: 'Used as', examples: 'For example', cells: 'Its cells' },
  noHeading: (column: number) => `Column ${column}, without a heading`,
  numbered: (column: number) => `Column ${column}`,
  takeAs: 'Use it as',
  leave: 'Leave as it is',
  of: (heading: string) => `column “${heading}”`,
  groups: { what: 'What and who', where: 'Where', when: 'When', who: 'Who it is for', reach: 'How to reach it', more: 'More' },
  field: (path: string) => FIELDS[path] ?? values.indicator(path.replaceAll('.', ' ')),
  /** What the server says a column was taken for: fields with commas between, or a reason. */
  taken: (said: string): string => {
    if (said.startsWith('no field')) return KEPT
    if (said.startsWith('not kept')) return capital(said)
    if (said.startsWith('key, ')) return `${bringIn.taken(said.slice(5))}. ${FIELDS['key']}`
    const counted = /^indicator (.*) \((count|rate|score)\)$/.exec(said)
    if (counted) return `${{ count: 'A number of people or things', rate: 'A share', score: 'A score' }[counted[2] as 'count']}: “${counted[1]}”`
    const group = /^group (.*)$/.exec(said)
    if (group) return `Groups neighbourhoods: “${group[1]}”`
    return said.split(', ').map(bringIn.field).join('; ')
  },
  notTaken: 'Not used',
  cells: (taken: number, kept: number, left: number) =>
    [taken ? `${cells(taken)} used` : '', kept ? `${cells(kept)} kept as text` : '', left ? `${cells(left)} left out` : ''].filter(Boolean).join(', '),
  empty: 'All empty',
  becomes: 'becomes',
  after: (said: string): string =>
    said
      .replace(/^nothing: /, 'Nothing: ')
      .replace(/^nothing$/, 'Nothing')
      .replace(/^kept: /, 'Kept: ')
      .replace(/^its words are/, 'Its words are')
      .replace(/^the row is refused: .*$/, 'Its row would be refused')
      .replace(/^open, as silence is$/, 'Counts as open')
      .replace(/^the same as a row before/, 'The same as a row before'),
  key: 'Which column tells the rows apart?',
  keyHint: 'Each row has its own value there, such as a number or code. It is how the row is found again next time.',
  keyFound: 'Work it out for me',

  tried: (all: number) => `The list has ${rows(all)}. This is what would happen to them; nothing has happened yet.`,
  done: (all: number) => `The list had ${rows(all)}. This is what happened to them.`,
  figures: {
    try: { created: 'would be new', updated: 'would be changed', unchanged: 'are here already and stay as they are', refused: 'would be refused' },
    done: { created: 'are new', updated: 'were changed', unchanged: 'were here already and stayed as they are', refused: 'were refused' },
  },
  linked: (count: number) => `${number(count)} ${count === 1 ? 'place or organisation' : 'places and organisations'} named in the rows ${count === 1 ? 'comes' : 'come'} with them.`,
  keptLocal: (count: number) => `${rows(count)} ${count === 1 ? 'differs' : 'differ'} from what somebody closer to the facts has said. Theirs stays.`,
  nothing: 'Nothing would change, so there is nothing to bring in.',
  problems: 'Refused rows',
  problemsLead: 'These rows are left out. Download them, correct them in that file, and bring it in under the same list name.',
  warnings: 'Rows that go in, but not completely',
  warningsDone: 'Rows that went in, but not completely',
  warningsLead: 'Something in them could not be used, or is worth knowing.',
  row: { line: 'Line', feature: 'Feature' },
  problemColumns: { field: 'Column', value: 'What it says', message: 'What is wrong, and what to do' },
  wholeRow: 'The whole row',
  noValue: 'Nothing',
  moreProblems: (count: number) => `And ${number(count)} more. The file of refused rows holds all of them.`,
  moreWarnings: (count: number) => `And ${number(count)} more like these.`,
  download: (count: number) => `Download refused rows (${number(count)})`,

  find: 'See them under Find',
  coverage: 'See who can get there',
  another: 'Bring in another list',
  takeBack: 'Take it back',
  takeBackHint: 'Everything this list has just changed goes back to what it was before, unless somebody has changed it since.',
  takenBack: (reverted: number) => (reverted ? `${number(reverted)} ${reverted === 1 ? 'card is as it was' : 'cards are as they were'} before this list.` : 'Nothing was taken back.'),
  kept: (count: number) => `${number(count)} ${count === 1 ? 'thing stays' : 'things stay'} as ${count === 1 ? 'it is' : 'they are'}:`,
  keptColumns: { name: 'What', field: 'Which part', why: 'Why it stays' },
  keptWhole: 'All of it',
  keptWhy: (by: string | null, somebody: boolean) => (by ? `${by} has changed it since` : somebody ? 'Somebody has changed it since' : 'Other cards need it'),
  noName: 'A card you cannot see',
  moreKept: (count: number) => `And ${number(count)} more.`,
  further: 'Further columns',
  furtherLead: 'There is no field for these columns. They are kept on the cards, and only admins see them until you show them.',
  show: 'Show to everybody',
  hide: 'Hide again',
  shown: (column: string, records: number) => `Everybody sees “${column}” now, on ${number(records)} ${records === 1 ? 'card' : 'cards'}.`,
  hidden: (column: string) => `Only admins see “${column}” now.`,
  isShown: 'Everybody sees it',
  isHidden: 'Only admins see it',
  unused: (columns: string[]) => `Not kept: ${columns.map(column => `“${column}”`).join(', ')}. They only number the rows, or may name people.`,

  faults: {
    file: 'Choose a file',
    gone: 'The file has been changed or moved since you chose it, or can no longer be opened. Choose it again.',
    kind: 'Say what each row is',
    areaSet: 'Say what this set of neighbourhoods is called',
    list: 'Give the list a name',
    origin: 'Say whose information this is',
    noHeader: 'The first row looks like data, not like headings. Tick “The first row is data already”, or add headings to the file.',
  },
  missing: {
    name: 'No column was recognised as the name. Find the column that holds it, and use it as “Name”.',
    position: 'No column was recognised that says where each row is. Find the postcode, latitude and longitude, easting and northing, or grid reference, and use the column as that.',
    code: 'No column was recognised as the code of the neighbourhood. Find the column that holds it, and use it as “Code”.',
    type: 'No column was recognised that says what sort each row is. Use a column as “What sort it is”, or go back to the file and choose one sort for all rows.',
    side: 'No column was recognised that says whether it is offered or wanted. Use a column as that, or go back to the file and choose one for all rows.',
  },
  brokeOff: 'No answer came: there is no signal, or the server is not available. Some rows may be in already; bring the list in again, and nothing will be added twice.',
  noRight: 'Only admins can do this. Sign in with an admin link.',
  /** What the server says to who types commands, for who does not. */
  plainly: (message: string): string =>
    capital(message)
      .replace(/ with --key\b/, ' under “Which column tells the rows apart?”')
      .replace(/No postcode table is loaded; load one first: .*$/, 'This service knows no postcodes yet; ask the person who looks after it to load them, or give latitude and longitude')
      .replace(/, take it back \(commonground undo [^)]*\) and bring it in with --list (".*?")/, ', give it the name $1; if it is in already, take it back first')
      .replace(/\bgive lat and lon\b/, 'give latitude and longitude')
      .replace(/add (?=--)/, 'say '),
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
