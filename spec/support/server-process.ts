import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import type { Readable } from 'node:stream'

/** Who runs a program, if not whoever runs the specs. */
export interface ProcessOwner {
  readonly uid: number
  readonly gid: number
}

/** A server of others, in a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #closed: Promise<unknown>
  #output = ''

  constructor(program: string, args: readonly string[], owner?: ProcessOwner) {
    this.#child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      ...owner,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    }
    this.#closed = once(this.#child, 'close')
    // Who waits for it is told.
    this.#closed.catch(() => {})
  }

  /** Resolves when the program has printed `text`. */
  async says(text: string): Promise<void> {
    const { stdout, stderr } = this.#child
    while (!this.#output.includes(text)) {
      const printed = [stdout, stderr].map(async (stream) => once(stream, 'data'))
      const ended = this.#closed.then(() => {
        throw new Error(`Cannot wait for "${text}": ${this.#child.spawnfile} ended and said: ${this.#output}`)
      })
      await Promise.race([...printed, ended])
    }
  }

  /** Ends the program, and resolves when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal)
    // Where it could not be started, `says` has told.
    await Promise.allSettled([this.#closed])
  }
}

/** A port of the loopback interface that nobody uses. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
