import { InvalidArgumentError } from 'commander'
import { nearest, plain } from './nearest.js'

/**
 * Reads the name of one of these values. Capitals, hyphens and underscores do not matter.
 *
 * The function that it returns throws InvalidArgumentError with all names, and with the one that was probably meant.
 */
export function choice<Value>(values: Readonly<Record<string, Value>>): (text: string) => Value {
  const names = Object.keys(values)
  return (text) => {
    const name = names.find((candidate) => plain(candidate) === plain(text))
    if (name !== undefined) return values[name]!
    const meant = nearest(text, names)
    const guess = meant === undefined ? '' : ` (Did you mean ${meant}?)`
    throw new InvalidArgumentError(`Expected one of ${names.join(', ')}${guess}`)
  }
}
