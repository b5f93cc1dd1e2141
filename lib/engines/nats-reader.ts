import type { Consumer, ConsumerInfo, ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { OnPiece } from '../topic/bus.js'
import { mayPass, persist } from './nats-persist.js'
import { publisherIn } from './nats-subject.js'

/** Where in a stream a reader reads. */
export interface ReadingPlace {
  readonly stream: string
  /** Name of its consumer: where it has read up to, as the servers know it. */
  readonly consumer: string
  readonly subject: string
  /** Whether others read from the same consumer. */
  readonly isShared: boolean
}

// Pieces that are on their way to the loop, or with it.
const MOST_OPEN = 32
const NS_PER_MS = 1_000_000
// A pull ends after so long, and is told to be alive at half of it.
const PULL_MS = 2000
// One that has not ended by then never will: the client has stopped waiting.
const LOST_PULL_MS = 6000
// Who has not acknowledged for so long is taken for gone; a piece that a loop works on is told to be in work before that.
const ACK_WAIT_MS = 10_000
const IN_WORK_MS = 3000
const REMEMBERED_MS = 300_000

/**
 * Reads the pieces of one subject of a stream, in order, and acknowledges each when it is done.
 *
 * It pulls, and pulls again when what it has got is done. Where a delivery was lost, which the numbers of the deliveries show,
 * or a server was, it makes its consumer anew, to begin with what is not done: otherwise what was lost would come again much
 * later, behind what came after it, and be dropped for that. A consumer that is shared is left as it is.
 */
export class JetStreamReader {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #place: ReadingPlace
  readonly #onPiece: OnPiece
  // What its loop has not done, by the number in the stream, lowest first.
  readonly #open = new Map<number, JsMsg>()
  // The number of the last piece that came, and of the last delivery of the consumer.
  #last = 0
  #delivery = 0
  #pull: ConsumerMessages | undefined
  #onIdle: (() => void) | undefined
  #isClosed = false

  constructor(connection: NatsConnection, manager: JetStreamManager, place: ReadingPlace, onPiece: OnPiece) {
    this.#connection = connection
    this.#manager = manager
    this.#place = place
    this.#onPiece = onPiece
  }

  /** Finds where it was, or begins with what is new. */
  async open(): Promise<Consumer> {
    const isOver = (): boolean => this.#isClosed
    const known = await persist(this.#connection, () => this.#known(), isOver)
    return persist(this.#connection, () => this.#make(known && known.ack_floor.stream_seq + 1), isOver)
  }

  /** Reads until it is closed, or the connection is. @throws What a server has refused. */
  async run(consumer: Consumer): Promise<void> {
    const inWork = setInterval(() => this.#sayInWork(), IN_WORK_MS).unref()
    try {
      let from = consumer
      while (!this.#isOver) {
        const isWhole = await this.#pullFrom(from)
        await this.#idle()
        if (!isWhole) from = await this.#again()
      }
    } catch (error) {
      if (!this.#isOver) throw error
    } finally {
      clearInterval(inWork)
    }
  }

  /** Pulls no more. What is on its way to the loop is still acknowledged. */
  close(): void {
    this.#isClosed = true
    this.#pull?.stop()
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#connection.isClosed()
  }

  #sayInWork(): void {
    if (!this.#connection.isClosed()) for (const message of this.#open.values()) message.working()
  }

  async #known(): Promise<ConsumerInfo | undefined> {
    try {
      return await this.#manager.consumers.info(this.#place.stream, this.#place.consumer)
    } catch (error) {
      if ((error as Error).name === 'ConsumerNotFoundError') return undefined
      throw error
    }
  }

  /** Makes the consumer, to begin with a piece or with what is new. A shared one is made only where there is none. */
  async #make(start: number | undefined): Promise<Consumer> {
    const { stream, consumer, subject, isShared } = this.#place
    if (!isShared && start !== undefined) {
      // That there is none is as good.
      await this.#manager.consumers.delete(stream, consumer).catch((error: unknown) => {
        if ((error as Error).name !== 'ConsumerNotFoundError') throw error
      })
    }
    const { delivered } = await this.#manager.consumers.add(stream, {
      durable_name: consumer,
      filter_subject: subject,
      ack_policy: 'explicit',
      ack_wait: ACK_WAIT_MS * NS_PER_MS,
      inactive_threshold: REMEMBERED_MS * NS_PER_MS,
      ...(isShared || start === undefined
        ? { deliver_policy: 'new' }
        : { deliver_policy: 'by_start_sequence', opt_start_seq: start }),
    })
    this.#delivery = 0
    this.#last = Math.max(this.#last, delivered.stream_seq)
    return this.#manager.jetstream().consumers.get(stream, consumer)
  }

  #again(): Promise<Consumer> {
    const [firstOpen = this.#last + 1] = this.#open.keys()
    return persist(
      this.#connection,
      () => this.#make(firstOpen),
      () => this.#isClosed,
    )
  }

  /** Pulls once. `false` if something may be lost on the way. */
  async #pullFrom(consumer: Consumer): Promise<boolean> {
    const pull = await consumer.fetch({ max_messages: MOST_OPEN, expires: PULL_MS })
    this.#pull = pull
    let isLost = false
    const timer = setTimeout(() => {
      isLost = true
      pull.stop()
    }, LOST_PULL_MS)
    try {
      for await (const message of pull) if (!this.#take(message)) return false
      return !isLost
    } catch (error) {
      if (!mayPass(error)) throw error
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  /** Takes a piece. `false` if one that was delivered before it has not come. */
  #take(message: JsMsg): boolean {
    const { streamSequence, deliverySequence } = message.info
    if (!this.#place.isShared && deliverySequence !== ++this.#delivery) return false
    const isHere = this.#open.has(streamSequence)
    this.#open.set(streamSequence, message)
    this.#last = Math.max(this.#last, streamSequence)
    if (!isHere) void this.#pass(streamSequence, message)
    return true
  }

  async #pass(streamSequence: number, { data, subject }: JsMsg): Promise<void> {
    const isDone = await this.#onPiece(data, publisherIn(subject))
    // The delivery that came last, if it came again meanwhile.
    const message = this.#open.get(streamSequence)
    this.#open.delete(streamSequence)
    if (isDone && !this.#connection.isClosed()) message?.ack()
    if (this.#open.size === 0) this.#onIdle?.()
  }

  /** Resolves when everything that came is done. */
  async #idle(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
  }
}
