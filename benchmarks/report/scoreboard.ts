import CliTable from 'cli-table3'
import { outcomeOf, type Tables, targets } from '../targets.js'
import { formatRatio } from './figures.js'

/** What tells the columns of the scoreboard apart. */
export const SCORE_HEAD: readonly string[] = [
  'target',
  'goal',
  'measured',
  '95 % sure',
  'met',
  'bare code',
  'where the worst was',
]

/** How the targets are met, as far as they were measured: a line of the scoreboard for each. */
export function scores(tables: Tables): string[][] {
  return targets.flatMap((target): string[][] => {
    const outcome = outcomeOf(target, tables)
    if (outcome === undefined) return []
    const sign = target.is === 'at least' ? '≥' : '≤'
    const { ratio, range, verdict, bare, where = '' } = outcome
    const [low, high] = range.map(formatRatio)
    const least = bare === undefined ? '' : formatRatio(bare)
    return [[target.what, `${sign} ${target.goal}×`, formatRatio(ratio), `${low} – ${high}`, verdict, least, where]]
  })
}

/** The scoreboard as text for a terminal. */
export function scoreboard(tables: Tables): string {
  const output = new CliTable({
    head: [...SCORE_HEAD],
    style: { head: [], border: [], compact: true },
  })
  output.push(...scores(tables))
  return `\nTargets\n${output.toString()}`
}
