import type { FrameLayout } from '../frame/frame-layout.js'
import { FrameParser } from '../frame/frame-parser.js'
import type { Codec, MessageType } from '../messaging/codec.js'
import type { DataOf, TypeOf } from '../messaging/messages.js'
import { EveryPiece, type Sequences, SomePieces } from './sequences.js'
import { headOf, HEAD_LENGTH } from './piece.js'
import { type WaitingPiece, WaitingPieces, type WaitingSettings } from './waiting-pieces.js'

/** A message of a topic. */
export interface Heard<Data = Buffer, Type = MessageType> {
  /** What the codec reads as its type. Without a codec, 0. */
  readonly type: Type
  /** What the codec reads. Without a codec, the message. */
  readonly data: Data
  /** The id of the bus that published it. */
  readonly from: string
}

/** A message of a topic whose codec types them: its type tells what its data is. */
export type HeardOf<Data, Messages> = string extends keyof Messages
  ? Heard<Data>
  : { [Type in TypeOf<Messages>]: Heard<DataOf<Messages, Type>, Type> }[TypeOf<Messages>]

/** What hearing needs to know. */
export interface HearingSettings<Data> extends WaitingSettings {
  readonly readLayout: FrameLayout
  readonly codec: Codec<Data> | undefined
  readonly isGroup: boolean
}

/** Who is told what becomes of pieces. */
export interface HearingEvents {
  /** Something waits to be read. */
  onPiece(): void
  /** Pieces of a publisher were lost: so many. */
  onGap(from: string, pieces: number): void
  /** A piece was refused, or a message in it. */
  onInvalid(from: string, cause: unknown): void
}

// A batch ends here, so that a loop over it does not keep others from their turn for long.
const BATCH_LENGTH = 1024

/** Turns the pieces that arrive into messages, as its reader asks for them. */
export class Hearing<Data> {
  /** Messages that were read; pieces that were lost, came twice, or were refused. */
  messages = 0
  lost = 0
  repeated = 0
  invalid = 0
  readonly #settings: HearingSettings<Data>
  readonly #codec: Codec<Data> | undefined
  readonly #ownEpoch: number
  readonly #events: HearingEvents
  readonly #sequences: Sequences
  readonly #waiting: WaitingPieces
  // The piece being read, and what reads its frames.
  #parser: FrameParser
  #piece: WaitingPiece | undefined
  // Pieces whose messages the reader has, and has not come back for more.
  readonly #taken: WaitingPiece[] = []
  #isClosed = false

  /** @param ownEpoch What says so is what we said ourselves, and is not heard: some engines tell publishers what they say. */
  constructor(settings: HearingSettings<Data>, ownEpoch: number, events: HearingEvents) {
    this.#settings = settings
    this.#codec = settings.codec
    this.#ownEpoch = ownEpoch
    this.#events = events
    this.#sequences = settings.isGroup ? new SomePieces() : new EveryPiece()
    this.#waiting = new WaitingPieces(settings, ({ from }) => this.#lose(from, 1))
    this.#parser = new FrameParser(settings.readLayout)
  }

  /** What waits to be read costs so much memory, in bytes. */
  get waiting(): number {
    return this.#waiting.cost
  }

  /** Takes a piece that has arrived. Resolves as `OnPiece` does. */
  arrive(piece: Uint8Array, from: string): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false)
    const head = headOf(piece)
    if (typeof head === 'string') this.#refuse(from, new RangeError(head))
    else if (head.epoch !== this.#ownEpoch || this.#settings.isGroup) {
      const missing = this.#sequences.arrive(from, head)
      if (missing === undefined) this.repeated++
      else if (missing > 0) this.#lose(from, missing)
      if (missing !== undefined && piece.length > HEAD_LENGTH) return this.#keep(piece.subarray(HEAD_LENGTH), from)
    }
    return Promise.resolve(true)
  }

  /** The next message. */
  take(): Heard<Data> | undefined {
    this.#comeBack()
    while (this.#piece !== undefined || this.#open()) {
      const message = this.#read(() => this.#parser.read())
      const heard = message && this.#parse(message, this.#piece!.from)
      if (heard !== undefined) return heard
      if (message === undefined) this.#end().settle(true)
    }
    return undefined
  }

  /** The next messages, those of whole pieces. */
  takeBatch(): Heard<Data>[] | undefined {
    this.#comeBack()
    const batch: Heard<Data>[] = []
    while (batch.length < BATCH_LENGTH && (this.#piece !== undefined || this.#open())) {
      const { from } = this.#piece!
      for (let some = this.#readBatch(); some.length > 0; some = this.#readBatch()) this.#parseAll(some, from, batch)
      this.#taken.push(this.#end())
    }
    if (batch.length > 0) return batch
    this.#comeBack()
    return undefined
  }

  /** Takes no more pieces. What waits can still be read. */
  close(): void {
    this.#isClosed = true
  }

  /** Says that the reader has left, and so has handled what it has taken. What waits is for the next one, if one can come. */
  leave(): void {
    this.#comeBack()
    if (!this.#isClosed) return
    if (this.#piece !== undefined) this.#end().settle(false)
    for (let piece = this.#waiting.take(); piece !== undefined; piece = this.#waiting.take()) piece.settle(false)
  }

  // The reader has handled what it has taken.
  #comeBack(): void {
    if (this.#taken.length > 0) for (const piece of this.#taken.splice(0)) piece.settle(true)
    if (this.#piece !== undefined && this.#parser.unreadLength === 0) this.#end().settle(true)
  }

  #keep(frames: Uint8Array, from: string): Promise<boolean> {
    return new Promise((settle) => {
      this.#waiting.add({ frames, from, settle })
      // A loop that waits for it takes it at once.
      this.#events.onPiece()
      this.#waiting.keep()
    })
  }

  #lose(from: string, pieces: number): void {
    this.lost += pieces
    this.#events.onGap(from, pieces)
  }

  #refuse(from: string, cause: unknown): void {
    this.invalid++
    this.#events.onInvalid(from, cause)
  }

  #open(): boolean {
    this.#piece = this.#waiting.take()
    if (this.#piece === undefined) return false
    this.#parser = new FrameParser(this.#settings.readLayout)
    this.#parser.append(this.#piece.frames)
    return true
  }

  /** Goes on behind the piece, whose frames should be whole. */
  #end(): WaitingPiece {
    const piece = this.#piece!
    this.#piece = undefined
    try {
      this.#parser.end()
    } catch (cause) {
      this.#refuse(piece.from, cause)
    }
    return piece
  }

  #readBatch(): Uint8Array[] {
    return this.#read(() => this.#parser.readBatch()) ?? []
  }

  // What fails is told at the end of the piece: the parser fails again there.
  #read<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch {
      return undefined
    }
  }

  #parseAll(messages: readonly Uint8Array[], from: string, batch: Heard<Data>[]): void {
    for (const message of messages) {
      const heard = this.#parse(message, from)
      if (heard !== undefined) batch.push(heard)
    }
  }

  #parse(message: Uint8Array, from: string): Heard<Data> | undefined {
    const codec = this.#codec
    this.messages++
    // Messages of Node are Buffers, and without a codec that is what `Data` is.
    if (codec === undefined) return { type: 0, data: message as Data, from }
    try {
      const { type, data, error } = codec.parse(message as Buffer)
      if (error === undefined) return { type, data, from }
      this.#refuse(from, new Error(error))
    } catch (cause) {
      this.#refuse(from, cause)
    }
    return undefined
  }
}
