import { Presets, SingleBar } from 'cli-progress'

/** A bar that says how far a run is, and with what it is busy. */
export class Progress {
  readonly #bar = new SingleBar(
    {
      format: '{bar} {percentage}% {duration_formatted} | {what}',
      hideCursor: true,
      clearOnComplete: true,
      // Without a terminal a line now and then is enough.
      noTTYOutput: true,
      notTTYSchedule: 30_000,
    },
    Presets.shades_classic,
  )

  constructor(steps: number) {
    this.#bar.start(steps, 0, { what: '' })
  }

  step(what: string): void {
    this.#bar.increment({ what })
  }

  stop(): void {
    this.#bar.stop()
  }
}
