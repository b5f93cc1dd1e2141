import { once } from 'node:events'

/**
 * Writes to stdout, and waits whenever that has enough. What comes in one tick leaves in one write.
 *
 * @param stop Called when stdout fails, which the program has complained about by then.
 */
export async function output(
  source: AsyncIterable<Uint8Array | string>,
  stop: () => void = () => process.exit(),
): Promise<void> {
  const { stdout } = process
  stdout.on('error', stop)
  for await (const piece of source) {
    if (stdout.destroyed) return
    if (stdout.writableCorked === 0) {
      stdout.cork()
      process.nextTick(() => stdout.uncork())
    }
    if (!stdout.write(piece)) await once(stdout, 'drain')
  }
}
