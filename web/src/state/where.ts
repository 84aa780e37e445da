// What somebody typed under "Where?", and how much of it may stand in an address that is passed on: a town as it
// is, a postcode only down to its sector, a position not at all.

const POSTCODE = /^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d)([A-Z]{2})$/
const SECTOR = /^([A-Z]{1,2}\d[A-Z\d]?)\s+(\d)$/
const POSITION = /^-?\d+(\.\d+)?,\s*-?\d+(\.\d+)?$/

export function isPostcode(text: string): boolean {
  return POSTCODE.test(tidy(text))
}

/** "ca139lu" → "CA13 9LU"; anything that is not a postcode stays as it is. */
export function tidyPostcode(text: string): string {
  const parts = POSTCODE.exec(tidy(text))
  return parts ? `${parts[1]} ${parts[2]}${parts[3]}` : text.trim()
}

export function isPosition(text: string): boolean {
  return POSITION.test(text.trim())
}

/** The part of a place typed that may be shared. */
export function shareable(text: string): string {
  const upper = tidy(text)
  const parts = POSTCODE.exec(upper) ?? SECTOR.exec(upper)
  if (parts) return `${parts[1]} ${parts[2]}`
  return isPosition(text) ? '' : text.trim()
}

function tidy(text: string): string {
  return text.trim().toUpperCase().replace(/\s+/g, ' ')
}
