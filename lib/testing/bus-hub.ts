import { turn } from '../async/turn.js'
import type { Bus, OnPiece, SubscribeOptions } from '../topic/bus.js'

/** How a {@link BusHub} carries pieces. */
export interface BusHubOptions {
  /** Longest piece that its buses carry, in bytes. @default 65536 */
  readonly maxPieceLength?: number | undefined
  /** How often a piece arrives: 0 loses it, 2 repeats it. What it throws is why the piece was not taken. @default once */
  readonly copies?: ((piece: Uint8Array, topic: string, from: string) => number) | undefined
}

interface Subscriber {
  readonly topic: string
  readonly onPiece: OnPiece
  readonly group: string | undefined
}

/**
 * An engine inside this process: topics over its buses hear one another, and lose what you say.
 *
 * @example
 * const hub = new BusHub({ copies: () => (Math.random() < 0.1 ? 0 : 1) })
 * const here = new Topic(hub.bus('here'), 'prices')
 * const there = new Topic(hub.bus('there'), 'prices')
 */
export class BusHub {
  readonly #maxPieceLength: number
  readonly #copies: NonNullable<BusHubOptions['copies']>
  readonly #subscribers = new Set<Subscriber>()

  constructor({ maxPieceLength = 65_536, copies = () => 1 }: BusHubOptions = {}) {
    this.#maxPieceLength = maxPieceLength
    this.#copies = copies
  }

  /** A bus of a publisher with such an id. */
  bus(id: string): Bus {
    return {
      name: 'hub',
      id,
      maxPieceLength: this.#maxPieceLength,
      publish: async (topic, piece) => {
        const copies = this.#copies(piece, topic, id)
        // Later, as with an engine: who publishes is not called back from inside of that.
        await turn.pass()
        for (let i = 0; i < copies; i++) this.#deliver(topic, piece, id)
      },
      subscribe: async (topic, onPiece, { group }: SubscribeOptions) => {
        const subscriber = { topic, onPiece, group }
        this.#subscribers.add(subscriber)
        return { close: async () => void this.#subscribers.delete(subscriber) }
      },
    }
  }

  #deliver(topic: string, piece: Uint8Array, from: string): void {
    const served = new Set<string>()
    for (const subscriber of [...this.#subscribers]) {
      const { group, onPiece } = subscriber
      if (subscriber.topic !== topic || (group !== undefined && served.has(group))) continue
      void onPiece(piece, from)
      if (group === undefined) continue
      served.add(group)
      // The members of a group have turns.
      this.#subscribers.delete(subscriber)
      this.#subscribers.add(subscriber)
    }
  }
}
