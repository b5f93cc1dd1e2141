import CliTable from 'cli-table3'
import type { Cell, Table, TableRow, Unit } from '../harness/table/table.js'
import { formatFigure, formatRatio } from './figures.js'

/** A table of results as text for a terminal. */
export function textTable(table: Table): string {
  const output = new CliTable({
    head: headOf(table),
    colAligns: [
      'left',
      ...headOf(table)
        .slice(1)
        .map(() => 'right' as const),
    ],
    style: { head: [], border: [], compact: true },
  })
  for (const row of table.rows) output.push([row.name, ...cellsOf(table, row)])
  const faults = table.rows.flatMap(({ name, faults }) => faults.map((fault) => `! ${name}, ${fault}`))
  return [`\n${table.title}, by ${table.axis}`, output.toString(), ...faults].join('\n')
}

/** The first line of a table. */
export function headOf({ unit, base, columns }: Table): string[] {
  return [`${unit.name} (× ${base})`, ...columns]
}

/** The cells of a row: each a figure, and its ratio to the base. */
export function cellsOf({ unit }: Table, { cells }: TableRow): string[] {
  return cells.map((cell) => (cell === null ? '–' : figureAndRatio(cell, unit)))
}

function figureAndRatio({ figure, ratio }: Cell, unit: Unit): string {
  return formatFigure(figure, unit) + (ratio === undefined ? '' : ` (${formatRatio(ratio)})`)
}
