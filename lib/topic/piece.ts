import { uint48be } from '../frame/length-field.js'
import { allocate } from '../frame/memory.js'

/** What stands in front of the frames of a piece. */
export interface PieceHead {
  /** Of a topic that publishes, for as long as it lives: one that starts again has another. */
  readonly epoch: number
  /** How many pieces of this epoch came before. */
  readonly sequence: number
}

const VERSION = 1
const EPOCH_AT = 1
const SEQUENCE_AT = 7

/** Bytes in front of the frames. */
export const HEAD_LENGTH = 13

/**
 * A piece: whole frames, so that the loss of a piece costs its messages and never the framing, and a number, so that the
 * loss is seen.
 *
 *     +-- version: 1 --+--- epoch: 6 ---+-- sequence: 6 --+-- frames --+
 *     |       01       |  random bytes  |   from 0 on     |            |
 */
export function joinPiece({ epoch, sequence }: PieceHead, frames: readonly Uint8Array[], length: number): Uint8Array {
  const piece = allocate(HEAD_LENGTH + length)
  piece[0] = VERSION
  uint48be.write(piece, EPOCH_AT, SEQUENCE_AT, epoch)
  uint48be.write(piece, SEQUENCE_AT, HEAD_LENGTH, sequence)
  let at = HEAD_LENGTH
  for (const bytes of frames) {
    piece.set(bytes, at)
    at += bytes.length
  }
  return piece
}

/** Reads what stands in front of the frames; a sentence if that is no head of ours. */
export function headOf(piece: Uint8Array): PieceHead | string {
  const [version = 'none'] = piece
  if (version !== VERSION) return `expected version ${VERSION}, got ${version}`
  if (piece.length < HEAD_LENGTH) return `expected at least ${HEAD_LENGTH} bytes, got ${piece.length}`
  return {
    epoch: uint48be.read(piece, EPOCH_AT, SEQUENCE_AT),
    sequence: uint48be.read(piece, SEQUENCE_AT, HEAD_LENGTH),
  }
}

/** An epoch that no other topic has. */
export function newEpoch(): number {
  return Math.floor(Math.random() * uint48be.maxValue)
}
