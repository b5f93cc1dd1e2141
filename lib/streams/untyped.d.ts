// readable-stream has no types of its own. Its classes are those of Node, made to behave alike on every version.
declare module 'readable-stream' {
  import { finished, Readable, Transform } from 'node:stream'

  export { finished, Readable, Transform }
}
