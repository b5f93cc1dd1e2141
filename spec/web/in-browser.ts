// What chromium.spec.ts bundles and runs in a page, behind mocha's browser build.
import type Mocha from 'mocha'
import { encodeFrame, FrameParser } from '../../lib/frame.js'
import { itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat } from '../support/bytes.js'
import '../frame/decode-frames.spec.js'
import './length-prefix-decoder-stream.spec.js'
import './length-prefix-encoder-stream.spec.js'

describe('FrameParser', () => {
  itObeysTheLawsOfDecoders(async (chunks, options) => {
    const messages: Uint8Array[] = []
    try {
      const parser = new FrameParser(options)
      for (const chunk of chunks) {
        parser.append(chunk)
        for (const message of parser) messages.push(message)
      }
      parser.end()
      return { messages }
    } catch (error) {
      return { messages, error }
    }
  })
})

describe('encodeFrame', () => {
  itObeysTheLawsOfEncoders(async (messages, options) =>
    concat(messages.map((message) => encodeFrame(message, options))),
  )
})

/** How a spec ended. */
export interface Outcome {
  readonly title: string
  /** Undefined if it passed. */
  readonly failure: string | undefined
}

/** Runs the specs above. */
export async function run(): Promise<Outcome[]> {
  return new Promise((resolve) => {
    const outcomes: Outcome[] = []
    const note = (test: Mocha.Runnable, error?: Error): void => {
      outcomes.push({ title: test.fullTitle(), failure: error && (error.stack ?? String(error)) })
    }
    const runner = mocha.run(() => resolve(outcomes))
    runner.on('pass', note).on('fail', note)
  })
}
