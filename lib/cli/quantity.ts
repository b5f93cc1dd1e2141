import { InvalidArgumentError } from 'commander'

/**
 * Reads a number in a range.
 *
 * The function that it returns throws InvalidArgumentError if the text is none.
 */
export function quantity(kind: 'number' | 'whole number', least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
    const fits = number >= least && number <= most && (kind === 'number' || Number.isInteger(number))
    if (fits) return number
    throw new InvalidArgumentError(`Expected a ${kind} from ${least} to ${most}`)
  }
}
