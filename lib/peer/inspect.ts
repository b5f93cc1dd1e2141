// The method that `console.log` of Node.js calls to show an object. Its name is public, so nothing is imported for it.
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** Shows a value as `console.log` would. */
type Inspect = (value: unknown) => string

/** Makes `console.log` show the objects of a class as `show` says, and JSON, which loggers write, hold its text and no innards. */
export function showAs<T extends { toString(): string }>(
  prototype: T,
  show: (object: T, inspect: Inspect) => string,
): void {
  Object.defineProperty(prototype, INSPECT, {
    value(this: T, _depth: number, options: object, inspect: (value: unknown, options: object) => string) {
      return show(this, (value) => inspect(value, options))
    },
  })
  Object.defineProperty(prototype, 'toJSON', {
    value(this: T) {
      return this.toString()
    },
  })
}
