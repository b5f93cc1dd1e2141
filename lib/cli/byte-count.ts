import { InvalidArgumentError } from 'commander'

const UNITS: ReadonlyMap<string, number> = new Map([
  ['k', 1000],
  ['m', 1000 ** 2],
  ['g', 1000 ** 3],
  ['t', 1000 ** 4],
  ['ki', 1024],
  ['mi', 1024 ** 2],
  ['gi', 1024 ** 3],
  ['ti', 1024 ** 4],
])

/** What {@link byteCount} understands, for the help. */
export const BYTE_UNITS =
  'Bytes may have a unit: kB, MB, GB and TB are powers of 1000; KiB, MiB, GiB and TiB are powers of 1024.'

/**
 * A number of bytes: `4096`, `4kB`, `1.5MiB`. The case of a unit does not matter, and its B may be missing.
 *
 * @throws {InvalidArgumentError} If the text is none.
 */
export function byteCount(text: string): number {
  const match = /^(?<number>-?\d+(?:\.\d+)?) ?(?<unit>[kmgt]i?)?b?$/i.exec(text)
  const { number, unit } = match?.groups ?? {}
  const factor = unit === undefined ? 1 : UNITS.get(unit.toLowerCase())!
  // A fraction is one of a unit: 1.1 MB are 1100000 bytes, whatever multiplication makes of it.
  const count = unit === undefined ? Number(number) : Math.round(Number(number) * factor)
  if (Number.isSafeInteger(count)) return count
  throw new InvalidArgumentError('Expected a whole number of bytes, such as 4096, 4kB or 4KiB')
}
