import type { Decoder } from './coder.js'
import { chunksOf, type Cuts } from './cuts.js'
import { NeverEnded } from './deadline.js'
import { describeChunks, describeCuts } from './describe.js'
import { type BrokenLawError, finding, type FindingDetails, type Law } from './finding.js'
import type { ReadingSettings } from './options.js'
import type { Outcome } from './outcome.js'
import type { Reader } from './readers.js'
import { run } from './run.js'

/** A decoder, what it gets, and how that is cut. */
export interface Trial {
  readonly decoder: Decoder
  readonly bytes: Uint8Array
  readonly cuts: Cuts
  readonly settings: ReadingSettings
}

/** What has to come out. */
export interface Demand extends Pick<FindingDetails, 'label' | 'messages' | 'ending' | 'rows'> {
  /**
   * The law that an outcome is against.
   *
   * @param isOtherReader Whether the same chunks, read in another way, gave what they have to.
   */
  lawAgainst(outcome: Outcome, isOtherReader: boolean): Law | undefined
}

/** Decodes once for each way to read what comes out, until that is against a law. */
export async function findIn(trial: Trial, demand: Demand): Promise<BrokenLawError | undefined> {
  const { decoder, bytes, cuts, settings } = trial
  let available: readonly Reader[] | undefined
  for (const reader of settings.readers) {
    if (available?.includes(reader) === false) continue
    const chunks = chunksOf(bytes, cuts)
    const { outcome, readers } = await run(decoder, chunks, reader, settings.timeoutMs)
    const law = outcome.error instanceof NeverEnded ? 3 : demand.lawAgainst(outcome, available !== undefined)
    if (law !== undefined) {
      const place = { input: describeCuts(cuts, bytes.length), chunks: describeChunks(chunksOf(bytes, cuts)) }
      const rows = { ...place, ...(readers.length > 0 && { 'read by': reader }), ...demand.rows }
      return finding({ ...demand, law, rows, got: outcome })
    }
    available = readers
  }
  return undefined
}
