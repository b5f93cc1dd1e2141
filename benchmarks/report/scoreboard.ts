import CliTable from 'cli-table3'
import { outcomeOf, type Tables, targets } from '../targets.js'
import { formatRatio } from './figures.js'

/** One line of the scoreboard: target, goal, what was measured, whether that is good enough, and where it was. */
export type Score = readonly [what: string, goal: string, measured: string, range: string, met: string, where: string]

/** What tells the columns of the scoreboard apart. */
export const SCORE_HEAD: readonly string[] = ['target', 'goal', 'measured', '95 % sure', 'met', 'where the worst was']

/** How the targets are met, as far as they were measured. */
export function scores(tables: Tables): Score[] {
  return targets.flatMap((target): Score[] => {
    const outcome = outcomeOf(target, tables)
    if (outcome === undefined) return []
    const sign = target.is === 'at least' ? '≥' : '≤'
    const { ratio, range, verdict, where = '' } = outcome
    const [low, high] = range.map(formatRatio)
    return [[target.what, `${sign} ${target.goal}×`, formatRatio(ratio), `${low} – ${high}`, verdict, where]]
  })
}

/** The scoreboard as text for a terminal. */
export function scoreboard(tables: Tables): string {
  const output = new CliTable({
    head: [...SCORE_HEAD],
    style: { head: [], border: [], compact: true },
  })
  output.push(...scores(tables).map((score) => [...score]))
  return `\nTargets\n${output.toString()}`
}
