/** Whether a row of a table is this project's. */
export function isOurs(row: string): boolean {
  return /^(LengthPrefix|Frame(Parser|Encoder)|decode\(\)|encode\(\)|Transform pair|send( →| to one peer)|readRaw|PeerNode|Topic|copy: true)/.test(
    row,
  )
}
