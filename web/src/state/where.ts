// What somebody typed, and how much of it may stand in an address that is passed on: a town as it is, a postcode only
// down to its sector wherever it stands in the text, a position not at all. Pure.

/** What people put between the parts of a postcode: blanks, dots, dashes, marks that are not seen. */
const GAP = String.raw`[\s\p{P}\p{Cf}]`
const OUTWARD = '[A-Z]{1,2}\\d[A-Z\\d]?'
/** Its two letters, together or apart; one may still be missing, and even so it says more than a sector. */
const LETTERS = `(?:${GAP}{0,3}[A-Z]${GAP}?[A-Z](?![\\p{L}\\p{N}])|[A-Z]{1,2}(?!\\p{L}))`
const ANYWHERE = new RegExp(`(?<!\\p{L})(${OUTWARD})${GAP}{0,3}(\\d)${LETTERS}`, 'giu')
const WHOLE = new RegExp(`^(${OUTWARD})(\\d)([A-Z]{2})$`)
const SECTOR = new RegExp(`^(${OUTWARD})\\s+(\\d)$`, 'i')
const POSITION = /^-?\d+(\.\d+)?\s*[,;\s]\s*-?\d+(\.\d+)?$/
const POSITION_ANYWHERE = /-?\d+\.\d+\s*[,;\s]\s*-?\d+\.\d+/g

export function isPostcode(text: string): boolean {
  return wholePostcode(text) !== null
}

/** "ca139lu" → "CA13 9LU"; so is the one postcode of an address; any other text stays as it is. */
export function tidyPostcode(text: string): string {
  const whole = wholePostcode(text)
  if (whole) return whole
  const found = [...plain(text).matchAll(ANYWHERE)].map(([part]) => wholePostcode(part)).filter(part => part !== null)
  return found.length === 1 ? found[0]! : text.trim()
}

export function isPosition(text: string): boolean {
  return POSITION.test(text.trim())
}

/** The part of a text that may be shared. */
export function shareable(text: string): string {
  if (isPosition(text)) return ''
  const whole = wholePostcode(text)
  if (whole) return whole.slice(0, -2)
  const sector = SECTOR.exec(text.trim())
  if (sector) return `${sector[1]} ${sector[2]}`.toUpperCase()
  return withoutPostcodes(plain(text).replace(POSITION_ANYWHERE, '')).replace(/\s+/g, ' ').trim()
}

/** What is left when one is cut may read as another. */
function withoutPostcodes(text: string): string {
  const cut = text.replace(ANYWHERE, (_all, outward: string, digit: string) => `${outward} ${digit}`.toUpperCase())
  return cut === text ? text : withoutPostcodes(cut)
}

/** A text that is a postcode and nothing else, however it is spaced. */
function wholePostcode(text: string): string | null {
  const parts = WHOLE.exec(plain(text).toUpperCase().replace(new RegExp(GAP, 'gu'), ''))
  return parts && `${parts[1]} ${parts[2]}${parts[3]}`
}

/** Full-width letters and digits as plain ones. */
function plain(text: string): string {
  return text.normalize('NFKC')
}
