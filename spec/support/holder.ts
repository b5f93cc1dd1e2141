import type { Holder } from '../../lib/peer/memory-guard.js'

/** Holds so much of a node's memory, and remembers what became of it. */
export class FakeHolder implements Holder {
  isHeld = false
  isRefused = false
  held: number
  unfinished: number

  constructor(held: number, unfinished: number) {
    this.held = held
    this.unfinished = unfinished
  }

  hold(): void {
    this.isHeld = true
  }

  release(): void {
    this.isHeld = false
  }

  refuseFrame(): void {
    this.isRefused = true
    this.held = this.unfinished = 0
  }
}
