import type { Duplex } from 'node:stream'
import { LengthPrefixDecoder, uint32be } from '../../lib/index.js'
import { KIB, MIB } from '../harness/measure/byte-size.js'
import { inputOf } from '../harness/measure/input.js'
import { expose } from '../harness/process/expose.js'
import { memoryInUse } from '../harness/process/memory-in-use.js'

// Decodes, and keeps some of the messages.

const { chunks } = inputOf(64, 64 * KIB, uint32be, 16 * MIB)

const functions = {
  /** Decodes 16 MiB and keeps one message of so many; answers with the bytes in memory for each that is kept. */
  async keep(copy: boolean, oneOf: number): Promise<number> {
    const kept: Uint8Array[] = []
    let index = 0
    const decoder = new LengthPrefixDecoder({ copy }) as LengthPrefixDecoder & Duplex
    decoder.on('data', (message: Uint8Array) => {
      if (index++ % oneOf === 0) kept.push(message)
    })
    const before = await memoryOfMessages()
    // Memory of its own for each chunk, as a socket gives it.
    for (const chunk of chunks) decoder.write(Buffer.from(new Uint8Array(chunk).buffer))
    await new Promise((resolve) => decoder.end(resolve))
    return ((await memoryOfMessages()) - before) / kept.length
  },
}

async function memoryOfMessages(): Promise<number> {
  const { heapUsed, arrayBuffers } = await memoryInUse()
  return heapUsed + arrayBuffers
}

export type Keeper = typeof functions

expose(functions)
