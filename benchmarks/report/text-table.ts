import CliTable from 'cli-table3'
import { type Cell, figureOf, ratioOf, type Table, type TableRow } from '../harness/table.js'
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
export function cellsOf(table: Table, { name }: TableRow): string[] {
  return table.columns.map((column) => figureAndRatio(table, { row: name, column }))
}

function figureAndRatio(table: Table, cell: Cell): string {
  const figure = figureOf(table, cell)
  if (figure === undefined) return '–'
  const ratio = ratioOf(table, cell, table.base)
  const beside = cell.row === table.base || ratio === undefined ? '' : ` (${formatRatio(ratio)})`
  return formatFigure(figure, table.unit) + beside
}
