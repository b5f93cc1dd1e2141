import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { IpAddress, Peer, PeerNode, PeerNodeOptions } from '../../lib/index.js'
import { ROOT } from './root.js'

/** What the server of a siege is told: options that can be written as JSON. */
export interface ServerOptions extends Pick<
  PeerNodeOptions,
  | 'maxPeers'
  | 'maxPending'
  | 'handshakeTimeoutMs'
  | 'connectionRate'
  | 'memoryLimit'
  | 'frameTimeoutMs'
  | 'sendTimeoutMs'
  | 'keepAliveMs'
> {
  readonly bind: readonly (string | { readonly host?: string; readonly port: number })[]
  /** About those of this host nothing is ever decided. */
  readonly silentHost?: string
  /** What it does with messages: echoes them, reads them all, takes one in 100 ms, or takes requests that it never answers. */
  readonly does?: 'echo' | 'read' | 'crawl' | 'ponder'
}

/** Why a peer of the server has left, and after how long. */
export interface Departure {
  readonly code: string | undefined
  readonly phase: string | undefined
  readonly limit: number | undefined
  readonly afterMs: number
}

/** Bytes of memory beyond what the server had when it began to listen. */
interface Memory {
  /** Of buffers, and of the heap and all that it uses outside: now. */
  readonly buffers: number
  readonly used: number
  /** The most that was seen: of the process, and of what it uses. Garbage is part of it. */
  readonly mostRss: number
  readonly mostUsed: number
}

/** What it answers. */
export interface ServerReport {
  readonly peers: number
  /** How many of them were paused, once or more often. */
  readonly paused: number
  readonly refused: Readonly<Record<string, number>>
  readonly warnings: readonly string[]
  readonly departures: readonly Departure[]
  /** Messages that it has taken, and their bytes; `hash` is of all those bytes. */
  readonly taken: { readonly messages: number; readonly bytes: number; readonly hash: string }
  /** At the 99th percentile, and the longest. */
  readonly loopDelayMs: number
  readonly mostLoopDelayMs: number
  readonly rss: number
  readonly memory: Memory
}

/** Asks the server to send so many bytes to all of its peers, waiting for room; it answers when the last has been taken. */
export interface BroadcastOrder {
  readonly broadcast: number
}

export interface BroadcastReport {
  readonly tookMs: number
}

/** How a bare socket behaves. */
export type Behaviour = 'claims' | 'drips' | 'floods' | 'half-a-message' | 'reads' | 'says-nothings' | 'stuck'

export interface BareOptions extends IpAddress {
  readonly count: number
  readonly behaviour: Behaviour
}

/** Sockets that have connected and closed, and bytes that they have read and written. */
export interface BareReport {
  connected: number
  closed: number
  bytesIn: number
  bytesOut: number
}

/** What a sender has sent: how many bytes, and the hash of them. */
export interface SenderReport {
  readonly bytes: number
  readonly hash: string
}

export interface SenderOptions extends IpAddress {
  readonly bytes: number
}

/** Sockets that are opened: from which address, how many, how many of them at a time, and whether they stay open. */
export interface FloodOptions extends IpAddress {
  readonly from: string
  readonly count: number
  readonly abreast: number
  readonly holds: boolean
}

export interface FloodReport {
  connected: number
  failed: number
  closed: number
}

/** What the dialler has logged, and whether it got through. */
export interface DiallerReport {
  readonly sentences: readonly string[]
  readonly isOpen: boolean
}

/** What a program is kept in: how many files it may have open, or the network namespace that it lives in. */
export interface Within {
  readonly nofile?: number
  readonly namespace?: string
}

/** A program of spec/siege/programs in a process of its own, which talks by messages. */
export class SiegeProcess {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>

  constructor(
    program: 'server' | 'flood' | 'dialler' | 'bare' | 'sender',
    options: ServerOptions | FloodOptions | BareOptions | SenderOptions | IpAddress,
    within: Within = {},
  ) {
    const runtime = ['--expose-gc', '--import', 'tsx']
    const [execPath, ...execArgv] = [...wrapping(within), process.execPath, ...runtime]
    this.#child = fork(path.join(ROOT, 'spec/siege/programs', `${program}.ts`), [JSON.stringify(options)], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
      execPath: execPath!,
      execArgv,
    })
    this.#closed = once(this.#child, 'exit')
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Its process, for what the system is to do with it. */
  get pid(): number {
    return this.#child.pid!
  }

  /** The next message of the program. */
  async says<T>(): Promise<T> {
    const ended = this.#closed.then((): never => {
      throw new Error(`Cannot wait for ${this.#child.spawnargs.join(' ')}: it has ended`)
    })
    const [message] = (await Promise.race([once(this.#child, 'message'), ended])) as [T]
    return message
  }

  /** Asks it for a report. */
  async report<T>(): Promise<T> {
    return this.ask('report')
  }

  /** Asks it for something that it answers. */
  async ask<T>(what: string | BroadcastOrder): Promise<T> {
    const said = this.says<T>()
    this.#child.send(what)
    return said
  }

  /** Asks it for a report until that says what is waited for. */
  async reportWhen<T>(isIt: (report: T) => boolean): Promise<T> {
    for (;;) {
      const report = await this.report<T>()
      if (isIt(report)) return report
      // Asking costs the program time that it has other use for.
      await setTimeout(20)
    }
  }

  /** Ends the program, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }
}

function wrapping({ nofile, namespace }: Within): string[] {
  if (nofile !== undefined) return ['prlimit', `--nofile=${nofile}`]
  return namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]
}

/** Sends a message to a peer that echoes, again and again until something is over; returns how long each took, in ms. */
export async function echoTimes(node: PeerNode, peer: Peer, until: Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const over = new AbortController()
  const end = (): void => over.abort()
  until.then(end, end)
  const answers = node.readRaw()
  do {
    const startedMs = performance.now()
    peer.send(Buffer.alloc(64))
    const { done } = await answers.next()
    if (done === true) throw new Error('Cannot go on: the node has closed')
    times.push(performance.now() - startedMs)
    await setTimeout(1)
  } while (!over.signal.aborted)
  await answers.return()
  return times
}

/** The value below which so much of them is. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]!
}
