import { byteSize, KIB } from './harness/byte-size.js'
import { median } from 'simple-statistics'
import { type Range, rangeOfMedian } from './harness/confidence.js'
import { advantagesOf, ratiosOf, type Table } from './harness/table.js'

/** The ratios of all rounds, and where they were found if a target asks for more than one place. */
interface Finding {
  readonly ratios: readonly number[]
  readonly where?: string
}

/** Whether a target is met; `level`: it may be, the difference is smaller than what one run can tell. */
type Verdict = 'yes' | 'level' | 'NO'

/** What was found of a target. */
export interface Outcome {
  readonly ratio: number
  /** Where the ratio lies with 95 % confidence. */
  readonly range: Range
  readonly verdict: Verdict
  readonly where?: string
  /** The same ratio for code that does the least. */
  readonly bare?: number
}

/** How fast we want to be: a ratio within one run on one machine, messages of 64 bytes unless said. */
export interface Target {
  readonly what: string
  readonly goal: number
  readonly is: 'at least' | 'at most'
  /** All that has to be good enough; none if it was not measured. */
  find(tables: Tables): Finding[]
  /** The same for bare code, which does the least: it says where the limit is. */
  findBare?(tables: Tables): Finding[]
}

export type Tables = ReadonlyMap<string, Table>

const SMALL = byteSize(64)
const NPM_FRAMERS = ['it-length-prefixed', 'length-prefixed-stream', 'frame-stream', 'framed-stream']

/** Pairs of the same form in memory: ours, and what it has to beat. */
const SAME_FORM: readonly (readonly [string, readonly string[]])[] = [
  ['LengthPrefixDecoder, data', ['length-prefixed-stream, data', 'frame-stream, data', 'framed-stream, data']],
  ['LengthPrefixDecoder, for await', ['framed-stream, for await', 'it-length-prefixed, async']],
  ['LengthPrefixDecoder, batches', ['framed-stream, for await', 'it-length-prefixed, async']],
  ['decode(), sync', ['it-length-prefixed, sync, uint32be']],
  ['decode(), sync, varint', ['it-length-prefixed, sync']],
  ['decode(), async, varint', ['it-length-prefixed, async']],
]

export const targets: readonly Target[] = [
  timesBase('decoder by data, of the bare parser', 2, 'decode', 'LengthPrefixDecoder, data'),
  timesBase(
    'decoder by for await, of the bare parser',
    3.8,
    'decode',
    'LengthPrefixDecoder, for await',
    'bare parser, for await',
  ),
  timesBase('batches(), of the bare parser', 2.2, 'decode', 'LengthPrefixDecoder, batches'),
  {
    what: 'decode() sync, against it-length-prefixed',
    goal: 3,
    is: 'at least',
    find: (tables) => duels(tables, ['decode'], SAME_FORM.slice(3, 5), [SMALL]),
  },
  {
    what: 'any decoder form, against npm contestants of the same form, anywhere',
    goal: 1,
    is: 'at least',
    find: (tables) => duels(tables, ['decode', 'decode-chunks'], SAME_FORM),
  },
  pairOverTcp('64 B', 15, [SMALL]),
  pairOverTcp('1 KiB', 5, [byteSize(KIB)]),
  pairOverTcp('16 KiB', 1.3, [byteSize(16 * KIB)]),
  pairOverTcp('any size', 1),
  overTcp('send → readRaw, against ws', 'send → readRaw', 12, [SMALL]),
  overTcp('send → readRaw, against ws, any size', 'send → readRaw', 1),
  overTcp('send → readRawBatches, against ws', 'send → readRawBatches', 20, [SMALL]),
  timesBase('round trip p50, of plain net', 1.1, 'round-trip', 'Transform pair, data', 'bare slab → bare parser'),
  timesBase(
    'round trip p50 of send → readRaw, of plain net',
    1.1,
    'round-trip',
    'send → readRaw',
    'bare slab → bare parser, for await',
  ),
  {
    what: 'fan-in of 1,000, batches, 900 messages a write, against ws',
    goal: 4,
    is: 'at least',
    find: (tables) => duels(tables, ['fan-in-900'], [['send → readRawBatches', ['ws']]], ['1,000']),
  },
  broadcast('in bursts of eight', 'broadcast-8', 8),
  {
    ...broadcast('one at a time', 'broadcast-1', 1.2),
    findBare: (tables) => duels(tables, ['broadcast-1'], [['net, one write a message', ['ws']]], ['1,000']),
  },
  {
    what: 'RSS of an idle peer at 5,000, of ws',
    goal: 1,
    is: 'at most',
    find: (tables) => ratio(tables, 'idle-peers', 'PeerNode', 'RSS'),
  },
]

/** The worst of what was found of a target, and what that says of all. `undefined`: it was not measured. */
export function outcomeOf(target: Target, tables: Tables): Outcome | undefined {
  const findings = target.find(tables)
  const outcomes = findings
    .map((finding) => judge(target, finding, findings.length))
    .sort((a, b) => (target.is === 'at least' ? a.ratio - b.ratio : b.ratio - a.ratio))
  const [worst] = outcomes
  if (worst === undefined) return undefined
  const [missed, level] = (['NO', 'level'] as const).map((v) => outcomes.filter(({ verdict }) => verdict === v).length)
  const verdict = missed! > 0 ? 'NO' : level! > 0 ? 'level' : 'yes'
  const tally =
    outcomes.length > 1 && verdict !== 'yes' ? `; of ${outcomes.length}: ${missed} missed, ${level} level` : ''
  const [bare] = target.findBare?.(tables) ?? []
  return {
    ...worst,
    verdict,
    ...(worst.where !== undefined && { where: worst.where + tally }),
    ...(bare !== undefined && { bare: median([...bare.ratios]) }),
  }
}

function judge({ goal, is }: Target, { ratios, ...place }: Finding, findings: number): Outcome {
  const ratio = median([...ratios])
  const range = rangeOfMedian(ratios, findings)
  const [low, high] = range
  const isMet = is === 'at least' ? ratio >= goal : ratio <= goal
  const mayBeMet = is === 'at least' ? high >= goal : low <= goal
  return { ratio, range, verdict: isMet ? 'yes' : mayBeMet ? 'level' : 'NO', ...place }
}

function timesBase(what: string, goal: number, id: string, row: string, bareRow?: string): Target {
  return {
    what,
    goal,
    is: 'at most',
    find: (tables) => ratio(tables, id, row, SMALL),
    findBare: (tables) => (bareRow === undefined ? [] : ratio(tables, id, bareRow, SMALL)),
  }
}

function pairOverTcp(what: string, goal: number, columns?: readonly string[]): Target {
  return {
    what: `Transform pair over TCP, against ws and every npm framer, ${what}`,
    goal,
    is: 'at least',
    find: (tables) => duels(tables, ['one-way'], [['Transform pair, data', ['ws', ...NPM_FRAMERS]]], columns),
  }
}

function overTcp(what: string, row: string, goal: number, columns?: readonly string[]): Target {
  return { what, goal, is: 'at least', find: (tables) => duels(tables, ['one-way'], [[row, ['ws']]], columns) }
}

function broadcast(what: string, table: string, goal: number): Target {
  return {
    what: `broadcast to 1,000 peers ${what}, against ws`,
    goal,
    is: 'at least',
    find: (tables) => duels(tables, [table], [['PeerNode', ['ws']]], ['1,000']),
  }
}

/** A row's figure divided by that of its table's base. */
function ratio(tables: Tables, id: string, row: string, column: string): Finding[] {
  const table = tables.get(id)
  const ratios = table && ratiosOf(table, { row, column }, table.base)
  return ratios === undefined ? [] : [{ ratios }]
}

/** The advantages that ours have over each of their rivals, in some columns or in all. */
function duels(
  tables: Tables,
  ids: readonly string[],
  pairs: readonly (readonly [string, readonly string[]])[],
  columns?: readonly string[],
): Finding[] {
  return ids
    .flatMap((id) => tables.get(id) ?? [])
    .flatMap((table) =>
      pairs.flatMap(([row, rivals]) =>
        rivals.flatMap((rival) =>
          (columns ?? table.columns).flatMap((column): Finding[] => {
            const ratios = advantagesOf(table, { row, column }, rival)
            return ratios === undefined ? [] : [{ ratios, where: `${row} / ${rival}, ${column}` }]
          }),
        ),
      ),
    )
}
