import type { Duplex } from 'node:stream'
import { checkOptions, nameOf } from '../arguments.js'
import type { AttachOptions } from './node-options.js'

// What a peer calls of it. Half a duplex, such as a Writable, has some of these.
const DUPLEX_METHODS = ['on', 'read', 'pause', 'resume', 'write', 'cork', 'uncork', 'end', 'destroy'] as const

/** @throws {TypeError} If it is no duplex, or an option is none. */
export function checkAttachable(duplex: unknown, options: AttachOptions): void {
  const candidate = (duplex ?? {}) as Partial<Duplex>
  if (!DUPLEX_METHODS.every((method) => typeof candidate[method] === 'function')) {
    throw new TypeError(`Cannot attach: expected a Duplex, got ${nameOf(duplex)}`)
  }
  checkOptions(options, ['id', 'identity'])
  const { id, identity } = options
  for (const [name, value] of Object.entries({ id, identity })) {
    if (value === undefined || (typeof value === 'string' && value !== '')) continue
    throw new TypeError(`Cannot attach: expected an ${name} that is a string and not empty, got ${nameOf(value)}`)
  }
}
