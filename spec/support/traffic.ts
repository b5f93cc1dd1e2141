import { setTimeout } from 'node:timers/promises'
import type { Topic } from '../../lib/topic/topic.js'

// Of each tick, and so of each piece.
const BURST = 10

/** Numbers from 0 on, ten in a piece, sent until it is told to stop. */
export class Sender {
  readonly topic: Topic
  /** How many were sent. */
  count = 0
  readonly #sending: Promise<void>
  #isOver = false

  constructor(topic: Topic) {
    this.topic = topic
    this.#sending = this.#send()
  }

  /** Sends no more, and resolves when the bus has taken everything that it will take. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#sending
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      let hasRoom = true
      for (let i = 0; i < BURST; i++) hasRoom = this.topic.send(Buffer.from(String(this.count++)))
      if (hasRoom) await setTimeout(2)
      else await this.topic.drained()
    }
  }
}

/** Reads numbers, and notes what is wrong with them. */
export class Receiver {
  readonly topic: Topic
  /** How many came, and what the last one was. */
  count = 0
  last = -1
  /** How many were missing, and how many of those a gap has told. */
  missing = 0
  told = 0
  /** How many came again, or behind a later one. */
  wrong = 0

  constructor(topic: Topic) {
    this.topic = topic
    topic.on('gap', (_from, pieces) => (this.told += pieces * BURST))
    void this.#receive()
  }

  async #receive(): Promise<void> {
    for await (const { data } of this.topic.read()) {
      const number = Number(String(data))
      if (number <= this.last) this.wrong++
      else if (this.count > 0) this.missing += number - this.last - 1
      this.last = Math.max(this.last, number)
      this.count++
    }
  }
}
