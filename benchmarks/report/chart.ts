import { isOurs } from '../contestants/is-ours.js'
import { cellOf, type Table } from '../harness/table/table.js'
import { colourOf, theme } from './chart-theme.js'
import { formatFigure } from './figures.js'
import { plotSvg } from './plot.js'

interface Bar {
  readonly name: string
  readonly figure: number
  readonly colour: string
}

/** One column of a table as an SVG: a bar for each row. */
export function chartOf(table: Table, column: string): string {
  const data = table.rows.flatMap(({ name }): Bar[] => {
    const cell = cellOf(table, name, column)
    if (cell === undefined) return []
    return [{ name, figure: cell.figure, colour: colourOf(isOurs(name), name === table.base) }]
  })
  const longest = Math.max(...data.map(({ figure }) => figure))
  return plotSvg({
    width: 820,
    height: 70 + data.length * 24,
    marginLeft: 250,
    marginRight: 70,
    // Room for the label of the axis below its numbers.
    marginBottom: 50,
    style: { fontSize: '13px', fontFamily: 'system-ui, sans-serif', background: 'transparent' },
    css: theme,
    x: {
      labelOffset: 44,
      label: `${table.unit.name}, ${column} (${table.unit.better} is better)`,
      tickFormat: '~s',
      ticks: 6,
    },
    y: { label: null, domain: data.map(({ name }) => name) },
    marks: [
      ['gridX', undefined, { stroke: 'var(--grid)', strokeOpacity: 1 }],
      ['barX', data, { x: 'figure', y: 'name', fill: 'colour', insetTop: 2, insetBottom: 2 }],
      [
        'text',
        data,
        {
          x: ({ figure }: Bar) => Math.max(figure, longest / 500),
          y: 'name',
          text: ({ figure }: Bar) => formatFigure(figure, table.unit),
          textAnchor: 'start',
          dx: 5,
        },
      ],
    ],
  })
}
