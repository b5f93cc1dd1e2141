import { AssertionError } from 'node:assert'
import { describeEnding, describeMessage, describeMessages } from './describe.js'
import type { Outcome } from './outcome.js'

const LAWS = {
  1: 'chunking is invisible',
  2: 'a message is a message',
  3: 'truth at the end',
  4: 'nothing decoded is lost',
  6: 'decoding is the inverse of encoding',
}

/** The number of a law that this kit checks. */
export type Law = keyof typeof LAWS

/** Facts that a finding tells, one a line. */
type Rows = Readonly<Record<string, string | number>>

/**
 * A law is broken: what every check throws. Its message tells by which input, what came out, and the seed.
 *
 * @example
 * const broken = await checkChunking(decoder, bytes).catch((error: BrokenLawError) => error.law)
 */
export class BrokenLawError extends AssertionError {
  /** Number of the law. */
  readonly law: Law

  constructor(law: Law, options: ConstructorParameters<typeof AssertionError>[0]) {
    super(options)
    this.law = law
  }
}

/** What a finding tells. */
export interface FindingDetails {
  readonly law: Law
  readonly rows: Rows
  /** What the row of the messages is called that should have come out. @default expected */
  readonly label?: string | undefined
  /** The messages that should have come out. */
  readonly messages: readonly unknown[] | undefined
  /** The end that should have come, in words. */
  readonly ending: string
  readonly got: Outcome
}

/** The error that says which law was broken, and by which input. */
export function finding({ law, rows, label = 'expected', messages = [], ending, got }: FindingDetails): BrokenLawError {
  const { messages: gotten = [] } = got
  const [expected, actual] = describeMessages(messages, gotten)
  const table = Object.entries({
    ...rows,
    [label]: [...expected, ending].join(', '),
    got: [...actual, describeEnding(got)].join(', '),
  })
  const width = Math.max(...table.map(([name]) => name.length))
  const lines = table.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
  return new BrokenLawError(law, {
    message: [`Law ${law} is broken: ${LAWS[law]}`, ...lines].join('\n'),
    // In full, for a test runner that shows a difference.
    expected: [...messages.map(describeMessage), ending],
    actual: [...gotten.map(describeMessage), describeEnding(got)],
    operator: 'law',
  })
}
