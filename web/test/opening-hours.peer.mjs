// What npm `opening_hours` answers, for tests/hours.rs: one expression a line comes in with moments ({"text", "at": [...]},
// local, in minutes), one answer a line goes out ("open", "closed" or "unknown" for each moment, or {"fault"}). Run with
// TZ=UTC, so that every minute of the year exists and stands for the local one.
import { createInterface } from 'node:readline'
import OpeningHours from 'opening_hours'

const cockermouth = { lat: 54.66, lon: -3.36, address: { country_code: 'gb', country: 'United Kingdom', state: 'England' } }
console.log = console.error // it writes its advice there

for await (const line of createInterface({ input: process.stdin })) {
  const { text, at } = JSON.parse(line)
  process.stdout.write(JSON.stringify(answers(text, at)) + '\n')
}

function answers(text, at) {
  try {
    const hours = new OpeningHours(text, cockermouth)
    return at.map(moment => state(hours, new Date(moment)))
  } catch (fault) {
    return { fault: String(fault) }
  }
}

function state(hours, moment) {
  if (hours.getUnknown(moment)) return 'unknown'
  return hours.getState(moment) ? 'open' : 'closed'
}
