import type { OneWay, RoundTrips } from './bench-client.js'

/** What was measured with messages of one size. */
export interface Result {
  /** Bytes of a message. */
  readonly size: number
  readonly oneWay: OneWay
  readonly roundTrip: RoundTrips
}

const HEAD = ['message', 'messages/s', 'MB/s', 'p50', 'p99', 'max']
const WIDTHS = [10, 14, 10, 12, 10, 10]

/** The first lines of a table for a person. */
export function headOfTable(): string {
  return `${row(['', 'one way', '', 'round trip', '', ''])}${row(HEAD)}`
}

/** A line of that table. */
export function toRow({ size, oneWay, roundTrip }: Result): string {
  const { messagesPerSecond, megabytesPerSecond } = ratesOf(size, oneWay)
  const { p50Us, p99Us, maxUs } = roundTrip
  return row([
    bytes(size),
    withCommas(messagesPerSecond),
    megabytesPerSecond.toFixed(megabytesPerSecond < 100 ? 2 : 0),
    ...[p50Us, p99Us, maxUs].map(duration),
  ])
}

/** The same for a machine, on one line. */
export function toJsonLine({ size, oneWay, roundTrip }: Result): string {
  return `${JSON.stringify({ event: 'result', size, oneWay: { ...oneWay, ...ratesOf(size, oneWay) }, roundTrip })}\n`
}

/** Bytes as they can be typed: 64 B, 64 KiB, 1 MiB. */
export function bytes(size: number): string {
  if (size % 1_048_576 === 0) return `${size / 1_048_576} MiB`
  return size % 1024 === 0 ? `${size / 1024} KiB` : `${size} B`
}

function ratesOf(size: number, { messages, ms }: OneWay): { messagesPerSecond: number; megabytesPerSecond: number } {
  // What is less than a microsecond, the clock cannot tell.
  const messagesPerSecond = (messages * 1000) / Math.max(ms, 0.001)
  return { messagesPerSecond, megabytesPerSecond: (messagesPerSecond * size) / 1e6 }
}

function row(cells: readonly string[]): string {
  return `${cells
    .map((cell, i) => cell.padStart(WIDTHS[i]!))
    .join('')
    .trimEnd()}\n`
}

function withCommas(count: number): string {
  return Math.round(count).toLocaleString('en')
}

function duration(us: number): string {
  if (us < 1000) return `${us.toFixed(1)} µs`
  return us < 1e6 ? `${(us / 1000).toFixed(2)} ms` : `${(us / 1e6).toFixed(2)} s`
}
