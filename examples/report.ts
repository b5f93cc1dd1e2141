import { isDeepStrictEqual, styleText } from 'node:util'
import type { IpAddress } from '../lib/index.js'

/** What a node heard of the hub, and what it should have heard about its own messages. */
export interface Account {
  readonly name: string
  readonly expected: readonly string[]
  readonly heard: readonly string[]
}

const isColourful = process.stdout.isTTY && process.stdout.hasColors()

/** Tells what happens in the demo, and judges it at the end. */
export class Report {
  readonly #startedMs = performance.now()
  readonly #lengths = new Map<string, number[]>()

  listening({ host, port }: IpAddress): void {
    say(`A hub listens at ${host}:${port}, and hears everybody in one loop:`)
    say()
    say(style('cyan', '  for await (const { data, from } of hub.readRaw()) …'))
    say()
  }

  joined(name: string, what: string): void {
    this.#lengths.set(name, [])
    say(`  ${style('bold', name.padEnd(10))}joins, with ${what}`)
  }

  turnedAway(words: string, reason: Error): void {
    say(`  ${'stranger'.padEnd(10)}says "${words}", and loses its connection:`)
    say(style('dim', `            ${reason.message}`))
    say()
  }

  heard(name: string, length: number): void {
    this.#lengths.get(name)?.push(length)
  }

  /** @throws {Error} If a node has not heard what it should have. */
  finished(accounts: readonly Account[], said: readonly string[]): void {
    const tookMs = Math.round(performance.now() - this.#startedMs)
    say('All talk at once. The hub answers each message with its hash, to everybody:')
    say()
    for (const account of accounts) {
      judge(account, said)
      const { name, heard } = account
      say(`  ${style('bold', name.padEnd(10))}${this.#summaryOf([name])}; ${heard.length} answers`)
    }
    say()
    const everybody = accounts.map(({ name }) => name)
    const total = `${this.#summaryOf(everybody)} from ${accounts.length} peers in ${tookMs} ms`
    say(style('green', `${total}: every byte matches.`))
  }

  failed(error: unknown): void {
    console.error(style('red', `The demo failed: ${error instanceof Error ? error.message : String(error)}`))
  }

  #summaryOf(names: readonly string[]): string {
    const lengths = names.flatMap((name) => this.#lengths.get(name) ?? [])
    const bytes = lengths.reduce((sum, length) => sum + length, 0)
    return `${lengths.length} messages, ${bytes.toLocaleString('en')} bytes`
  }
}

function judge({ name, expected, heard }: Account, said: readonly string[]): void {
  const own = heard.filter((answer) => answer.startsWith(`${name} `))
  if (!isDeepStrictEqual(own, expected)) throw new Error(`what ${name} sent is not what the hub heard`)
  if (!isDeepStrictEqual(heard, said)) throw new Error(`what ${name} heard is not what the hub said`)
}

function style(format: 'bold' | 'cyan' | 'dim' | 'green' | 'red', text: string): string {
  return isColourful ? styleText(format, text) : text
}

function say(line = ''): void {
  console.log(line)
}
