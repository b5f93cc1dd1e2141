/** The name that was probably meant: one that begins like this, or differs from it in few letters. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const wanted = plain(text)
  const byDistance = names
    .map((name) => ({ name, distance: plain(name).startsWith(wanted) ? 0 : distance(wanted, plain(name)) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = byDistance
  return best !== undefined && wanted !== '' && best.distance <= wanted.length / 3 ? best.name : undefined
}

/** A name as it is compared: `postgres-startup` is `postgresStartup`. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '')
}

// How many letters have to be put in, left out or changed: Levenshtein's distance.
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j++) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === other[j] ? 0 : 1)))
    }
    row = next
  }
  return row[other.length]!
}
