import type * as protocols from '../../../lib/frame/protocols.js'

/** One frame of a protocol, written by hand from its specification. */
export interface Frame {
  /** Bytes that the preset strips. */
  readonly header: Uint8Array
  readonly message: Uint8Array
  /** Bytes behind the message that are no part of it. */
  readonly trailer: Uint8Array
}

/** What a preset has to read and write. */
export interface Vector {
  readonly frames: readonly Frame[]
  /** Header of the longest frame that the preset accepts, where it states a limit. */
  readonly longest?: Uint8Array
  /** Header of a frame one byte longer, where the length field can say it. */
  readonly tooLong?: Uint8Array
}

/** Vectors by the name of their preset. */
export type Vectors = Readonly<Partial<Record<keyof typeof protocols, Vector>>>

/**
 * Bytes of an annotated dump: what stands behind a bar is a comment, and `78*3` is `78 78 78`.
 *
 *     dump('00 05  78*5  | length, and five bytes')
 */
export function dump(text: string): Uint8Array {
  const bytes: number[] = []
  for (const line of text.split('\n')) {
    for (const word of line.replace(/\|.*/, '').split(/\s+/).filter(Boolean)) {
      const match = /^([0-9a-f]{2})(?:\*(\d+))?$/.exec(word)
      if (match === null) throw new SyntaxError(`Cannot read hex: got ${word}`)
      for (let i = 0; i < Number(match[2] ?? 1); i++) bytes.push(parseInt(match[1]!, 16))
    }
  }
  return Uint8Array.from(bytes)
}

/** A frame whose header is stripped. */
export function stripped(header: string, message: string): Frame {
  return { header: dump(header), message: dump(message), trailer: dump('') }
}

/** A frame that is kept whole, but for its trailer. */
export function kept(message: string, trailer = ''): Frame {
  return { header: dump(''), message: dump(message), trailer: dump(trailer) }
}
