import { type LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import net from 'node:net'
import { firstOf } from '../async/first-of.js'
import { onAbort } from '../async/on-abort.js'
import type { IpAddress } from './endpoint.js'
import { connectTo } from './socket.js'
import type { ConnectOptions } from './transport.js'

/** How long an address is tried alone, in milliseconds, before the next one is begun: RFC 8305, section 8. */
const ATTEMPT_DELAY_MS = 250

/**
 * Dials a name at all of its addresses, and resolves with the first socket that is connected.
 *
 * The next address is begun when the one before it has failed, or has taken 250 ms; none is given up before the signal is
 * aborted. Families have turns, beginning with the one that the system names first. Source: RFC 8305, "Happy Eyeballs".
 *
 * @throws The system's error, where there is one address; an AggregateError that names each address and its reason, where
 * there are several; the signal's reason.
 */
export async function connectToName({ host, port }: IpAddress, options: ConnectOptions): Promise<net.Socket> {
  if (net.isIP(host) !== 0) return connectTo({ host, port }, options)
  const addresses = await addressesOf(host, options.signal)
  const over = new AbortController()
  const stopWaiting = onAbort(options.signal, (reason) => over.abort(reason))
  const attempts = addresses.map(
    (address) => () => connectTo({ host: address, port }, { ...options, signal: over.signal }),
  )
  try {
    return await firstOf(attempts, ATTEMPT_DELAY_MS)
  } catch (error) {
    options.signal.throwIfAborted()
    throw inOneSentence(error as AggregateError, `${host}:${port}`)
  } finally {
    stopWaiting()
    // Those that have not won are destroyed.
    over.abort()
  }
}

function inOneSentence({ errors }: AggregateError, name: string): Error {
  const failures = errors as NodeJS.ErrnoException[]
  const [first] = failures
  if (failures.length === 1) return first!
  const reasons = failures.map(({ message }) => message).join(', ')
  return Object.assign(new AggregateError(failures, `Cannot connect to ${name}: ${reasons}`), { code: first!.code })
}

async function addressesOf(host: string, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted()
  let stopWaiting: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stopWaiting = onAbort(signal, reject)
  })
  try {
    // A look-up cannot be stopped: what it finds after the signal goes nowhere.
    return alternate(await Promise.race([lookup(host, { all: true }), aborted]))
  } finally {
    stopWaiting?.()
  }
}

// The families in turn, as RFC 8305 has it in section 4, so that one that leads nowhere costs one delay and not many.
function alternate(found: readonly LookupAddress[]): string[] {
  const firstFamily = found[0]?.family
  const [own, other] = [true, false].map((isFirst) =>
    found.filter(({ family }) => (family === firstFamily) === isFirst),
  )
  return found.flatMap((_, i) => [...own!.slice(i, i + 1), ...other!.slice(i, i + 1)]).map(({ address }) => address)
}
