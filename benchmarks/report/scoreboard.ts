import CliTable from 'cli-table3'
import { isMet, type Tables, targets } from '../targets.js'
import { formatRatio } from './figures.js'

/** One line of the scoreboard: target, goal, what was measured, whether that is good enough, and where it was. */
export type Score = readonly [what: string, goal: string, measured: string, met: string, where: string]

/** How the targets are met, as far as they were measured. */
export function scores(tables: Tables): Score[] {
  return targets.flatMap((target): Score[] => {
    const finding = target.find(tables)
    if (finding === undefined) return []
    const sign = target.is === 'at least' ? '≥' : '≤'
    const met = isMet(target, finding) ? 'yes' : 'NO'
    return [[target.what, `${sign} ${target.goal}×`, formatRatio(finding.ratio), met, finding.where ?? '']]
  })
}

/** The scoreboard as text for a terminal. */
export function scoreboard(tables: Tables): string {
  const output = new CliTable({
    head: ['target', 'goal', 'measured', 'met', 'where'],
    style: { head: [], border: [], compact: true },
  })
  output.push(...scores(tables).map((score) => [...score]))
  return `\nTargets\n${output.toString()}`
}
