// What somebody needs in the hand to go there, line by line; the rest stays on the card. What must be asked first is
// said as such: a slip that is silent about it sends people out for nothing. Pure.
import { words } from '../words/index.ts'
import type { AnyRecord } from '../api/records.ts'
import { acceptingText, cardLines, referralText, unclearText, type Line } from './card.ts'

const ON_PAPER: Line['key'][] = ['what', 'when', 'where', 'delivery', 'access', 'getIn', 'firstVisit', 'cost', 'phone', 'ask']
const MUST_KNOW = ['when', 'cost', 'getIn'] as const

export function paperLines(record: AnyRecord, town: string | null): Line[] {
  const lines = cardLines(record, { town })
    .filter(({ key }) => ON_PAPER.includes(key))
    .map(line => asOnPaper(line, record))
    .filter(({ text, link }) => text.length > 0 || link)
  return inOrder([...status(record), ...lines, ...gettingThere(record), ...phone(lines)])
}

function asOnPaper(line: Line, record: AnyRecord): Line {
  const asked = MUST_KNOW.find(key => key === line.key)
  if (line.unknown && asked) return { ...line, text: [words.slip.ringFirst[asked]] }
  switch (line.key) {
    case 'what':
      return { ...line, text: line.text.map(firstSentence) }
    case 'getIn':
      return { ...line, text: getIn(record) }
    case 'access':
      return { ...line, text: line.text.map(words.slip.withoutParking).filter(Boolean) }
    case 'firstVisit':
      return { ...line, text: line.text.filter(part => part !== words.card.transport) }
    default:
      return line
  }
}

/** For the person: who may come by themselves need not hear who else could send them. */
function getIn(record: AnyRecord): string[] {
  const route = record.referral?.includes('self') ? words.slip.justCome : (referralText(record) ?? words.slip.ringFirst.getIn)
  return [route, acceptingText(record)].filter(part => part !== null)
}

function status(record: AnyRecord): Line[] {
  const { status: value, from, until } = record
  const unclear = unclearText(record)
  const said = value && value !== 'open' ? words.card.status(value, from ?? null, until ?? null) : null
  const text = [said, unclear].filter(part => part !== null)
  return text.length ? [{ key: 'status', text, unknown: unclear !== null }] : []
}

function gettingThere(record: AnyRecord): Line[] {
  const parking = (record.card?.place?.accessible ?? record.accessible)?.parking
  const text = [record.transport_offered ? words.card.transport : '', parking === true ? words.slip.parking : parking === false ? words.slip.noParking : '']
  return text.some(Boolean) ? [{ key: 'gettingThere', text: text.filter(Boolean) }] : []
}

function phone(lines: Line[]): Line[] {
  return lines.some(({ key }) => key === 'phone') ? [] : [{ key: 'phone', text: [words.slip.noPhone], unknown: true }]
}

const ORDER: Line['key'][] = ['status', 'what', 'when', 'where', 'delivery', 'gettingThere', 'access', 'getIn', 'firstVisit', 'cost', 'phone', 'ask']

function inOrder(lines: Line[]): Line[] {
  return ORDER.flatMap(key => lines.filter(line => line.key === key))
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text
}
