const LINE_FEED = 0x0a

/** Splits chunks into lines: the bytes before each line feed, and those after the last one if there are any. */
export async function* lines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // The line so far, where it began in an earlier chunk.
  const parts: Buffer[] = []
  for await (const chunk of source) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const last = chunk.subarray(start, end)
      yield parts.length === 0 ? last : Buffer.concat([...parts.splice(0), last])
      start = end + 1
    }
    if (start < chunk.length) parts.push(chunk.subarray(start))
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}
