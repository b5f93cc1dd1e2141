import { isIP } from 'node:net'
import type { BlockList } from 'node:net'
import type { Peer } from '../peer/peer.js'
import type { Address } from '../transports/endpoint.js'
import { ConnectionRate, type Rate } from './connection-rate.js'
import { hostOf } from './host.js'
import { refusal } from './refusal.js'

/** Who may come in at all. */
export interface GateSettings {
  readonly maxPeers: number
  readonly maxPeersPerHost: number
  readonly connectionRate: Rate | undefined
  readonly blockList: Pick<BlockList, 'check'> | undefined
}

/**
 * What is asked of a connection from outside before anything else, since it costs nothing: where it comes from, and how many
 * are in.
 */
export class Gate {
  readonly #settings: GateSettings
  readonly #rate: ConnectionRate | undefined
  // Peers that came from outside, and those of each host, where that is limited.
  #inside = 0
  readonly #byHost = new Map<string, number>()

  constructor(settings: GateSettings) {
    this.#settings = settings
    if (settings.connectionRate !== undefined) this.#rate = new ConnectionRate(settings.connectionRate)
  }

  /** Peers that came from outside and have not left. */
  get inside(): number {
    return this.#inside
  }

  /** @throws {PeerError} `ERR_PEER_REFUSED`, for a connection that may not come in now. */
  knock(address: Address, name: string): void {
    if (this.#isBlocked(address)) throw refusal(name, 'blocked', 'its address is in the block list')
    if (this.#rate !== undefined) this.#checkRate(this.#rate, hostOf(address), name)
    this.checkRoom(address, name)
  }

  /** @throws {PeerError} `ERR_PEER_REFUSED`, if as many are in as may be. */
  checkRoom(address: Address, name: string): void {
    const { maxPeers, maxPeersPerHost } = this.#settings
    if (this.#inside >= maxPeers) throw refusal(name, 'max-peers', `${maxPeers} peers are in, which are the most`)
    if (maxPeersPerHost === Infinity) return
    const host = hostOf(address)
    if (host !== undefined && (this.#byHost.get(host) ?? 0) >= maxPeersPerHost) {
      throw refusal(name, 'max-peers-per-host', `${maxPeersPerHost} peers of ${host} are in, which are the most`)
    }
  }

  joined(peer: Peer): void {
    this.#count(peer, 1)
  }

  left(peer: Peer): void {
    this.#count(peer, -1)
  }

  #checkRate(rate: ConnectionRate, host: string | undefined, name: string): void {
    if (host === undefined || rate.take(host)) return
    throw refusal(name, 'connection-rate', `${host} has come more often than ${rate.toString()}`)
  }

  #count({ direction, address }: Peer, change: 1 | -1): void {
    if (direction !== 'inbound') return
    this.#inside += change
    const host = this.#settings.maxPeersPerHost === Infinity || address === undefined ? undefined : hostOf(address)
    if (host === undefined) return
    const count = (this.#byHost.get(host) ?? 0) + change
    if (count === 0) this.#byHost.delete(host)
    else this.#byHost.set(host, count)
  }

  #isBlocked({ host = '' }: Address): boolean {
    const { blockList } = this.#settings
    if (blockList === undefined) return false
    const [ip = ''] = host.split('%')
    const version = isIP(ip)
    return version !== 0 && blockList.check(ip, version === 6 ? 'ipv6' : 'ipv4')
  }
}
