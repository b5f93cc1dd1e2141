import { checkFunction, checkInteger, checkNumber, checkOptions, nameOf } from '../arguments.js'
import type { AdmissionSettings } from '../door/admission.js'
import type { Rate } from '../door/connection-rate.js'
import { DUPLICATE_POLICIES } from '../door/duplicates.js'
import { type ReconnectSettings, resolveReconnect } from '../door/reconnect-options.js'
import type { PeerNodeOptions } from './node-options.js'

/** Who gets in, and what is dialled again. */
export type DoorChoices = Omit<AdmissionSettings, 'handshakeTimeoutMs'> & {
  readonly reconnect: ReconnectSettings | undefined
}

type DoorOption = (typeof COUNTS)[number] | 'connectionRate' | 'blockList' | 'duplicates' | 'reconnect'

const COUNTS = ['maxPeers', 'maxPeersPerHost', 'maxPending'] as const

/** The options that {@link resolveDoorOptions} resolves. */
export const DOOR_NAMES: readonly DoorOption[] = [...COUNTS, 'connectionRate', 'blockList', 'duplicates', 'reconnect']

/**
 * Fills in the defaults of what concerns the door, and refuses what cannot work.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option is out of range.
 */
export function resolveDoorOptions(options: Pick<PeerNodeOptions, DoorOption>): DoorChoices {
  const { maxPeers = 1024, maxPeersPerHost = Infinity, maxPending = 64, duplicates = 'keep' } = options
  for (const name of COUNTS) checkCount(name, options[name])
  if (!DUPLICATE_POLICIES.includes(duplicates)) {
    const policies = DUPLICATE_POLICIES.join(', ')
    throw new TypeError(`Cannot use duplicates: expected one of ${policies}, got ${nameOf(duplicates)}`)
  }
  const { blockList } = options
  if (blockList !== undefined) checkFunction('blockList.check', (blockList as Partial<typeof blockList> | null)?.check)
  const reconnect = resolveReconnect(options.reconnect)
  const connectionRate = rateOf(options.connectionRate)
  return { maxPeers, maxPeersPerHost, maxPending, connectionRate, blockList, duplicates, reconnect }
}

function checkCount(name: string, count: number | undefined): void {
  if (count !== undefined && (count as unknown) !== Infinity) checkInteger(name, count, 1)
}

function rateOf(rate: Rate | undefined): Rate | undefined {
  if (rate === undefined) return undefined
  checkOptions(rate, ['count', 'perMs'])
  const { count, perMs } = rate
  checkInteger('connectionRate.count', count, 1)
  checkNumber('connectionRate.perMs', perMs, 1, Infinity)
  return { count, perMs }
}
