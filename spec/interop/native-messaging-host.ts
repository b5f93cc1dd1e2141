/** A native messaging host: a browser starts it, and talks to its standard input and output. */
import { createHash } from 'node:crypto'
import { encodeFrame, FramingError, LengthPrefixDecoder, protocols } from '../../lib/index.js'

type Question = { readonly text: string } | { readonly answerLength: number }

function answer(message: unknown): void {
  process.stdout.write(encodeFrame(Buffer.from(JSON.stringify(message)), protocols.nativeMessagingFromHost))
}

for await (const message of process.stdin.pipe(new LengthPrefixDecoder(protocols.nativeMessagingToHost))) {
  const question = JSON.parse(String(message)) as Question
  try {
    if ('text' in question) {
      answer({ length: message.length, sha256: createHash('sha256').update(question.text).digest('hex') })
    } else {
      // A JSON string has a quotation mark at each end.
      answer('x'.repeat(question.answerLength - 2))
    }
  } catch (error) {
    // Too long for the browser: nothing of it was written.
    if (!(error instanceof FramingError)) throw error
    answer({ code: error.code })
  }
}
