import { isIP } from 'node:net'
import type { Address } from '../transports/endpoint.js'

// fe80::/10: neighbours on one wire, who share all of the prefix.
const LINK_LOCAL = /^fe[89ab]/

/**
 * The host at an address, as limits for each host count it; `undefined` where there is none, as for Unix sockets.
 *
 * Of an IPv6 address its first 64 bits: that is what one subscriber gets, who has 2^64 addresses then.
 * Source: RFC 6177, RFC 7421.
 */
export function hostOf({ host }: Address): string | undefined {
  if (host === undefined || isIP(host) !== 6 || LINK_LOCAL.test(host.toLowerCase())) return host
  return `${prefixOf(host)}::/64`
}

function prefixOf(address: string): string {
  const [front = [], back] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  // Groups that `::` stands for are zeros; the last two may be written as an IPv4 address.
  const behind = back === undefined ? 0 : back.length + (back.at(-1)?.includes('.') === true ? 1 : 0)
  const zeros = Array<string>(back === undefined ? 0 : 8 - front.length - behind).fill('0')
  const groups = [...front, ...zeros, ...(back ?? [])].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
