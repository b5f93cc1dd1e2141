import { isUtf8 } from 'node:buffer'
import { toHex } from './hex.js'
import { printable } from './printable.js'

/** How messages are printed: as text, unless one of these is given. */
export interface MessageFormat {
  readonly hex?: boolean
  readonly json?: boolean
}

/** A message for a person. It has no line feed in it. */
export function toText(message: Buffer, { hex = false }: MessageFormat): string {
  return hex ? toHex(message) : printable(message)
}

/** A message for a machine: its bytes in base64, and its text if it is one. */
export function toJson(message: Buffer, peer?: string): string {
  const text = isUtf8(message) ? message.toString() : undefined
  return JSON.stringify({ event: 'message', peer, data: message.toString('base64'), text })
}
