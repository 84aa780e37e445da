// Typed words against known ones: what starts with them first, what merely holds them after, and near misses.

/** 0: a word starts with what was typed; 1: it stands inside a word; null: not there. */
export function matchRank(names: string[], typed: string): 0 | 1 | null {
  const lower = names.map(name => name.toLowerCase())
  if (lower.some(name => name.split(/[^\p{L}\p{N}]+/u).some(word => word.startsWith(typed)) || name.startsWith(typed))) return 0
  return lower.some(name => name.includes(typed)) ? 1 : null
}

/** Word starts first, otherwise in the order given. */
export function matching<Item>(items: Item[], typed: string, namesOf: (item: Item) => string[]): Item[] {
  const ranked = items.map(item => ({ item, rank: matchRank(namesOf(item), typed) }))
  return [0, 1].flatMap(wanted => ranked.filter(({ rank }) => rank === wanted).map(({ item }) => item))
}

/** The names that were perhaps meant: one slip of the hand in a short word, two in a long one. */
export function nearMisses(typed: string, names: string[], limit: number): string[] {
  const meant = typed.trim().toLowerCase()
  const most = meant.length < 5 ? 1 : 2
  return names
    .map(name => ({ name, steps: editSteps(meant, name.toLowerCase(), most) }))
    .filter(({ steps }) => steps <= most)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, limit)
    .map(({ name }) => name)
}

function editSteps(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
