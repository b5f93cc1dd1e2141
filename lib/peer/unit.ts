/** Bytes that leave together or are dropped together: whole frames, in as many pieces as they were packed. */
export interface Unit {
  readonly pieces: readonly Uint8Array[]
  /** Bytes of all pieces. */
  readonly length: number
  /** How many frames they are. */
  readonly frames: number
}
