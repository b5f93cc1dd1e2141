import { isOurs } from '../contestants/is-ours.js'
import { figureOf, type Table } from '../harness/table.js'
import { colourOf, theme } from './chart-theme.js'
import { formatFigure } from './figures.js'
import { type PlotOptions, plotSvg } from './plot.js'
import { spread } from './spread.js'

interface Bar {
  readonly name: string
  readonly figure: number
  readonly colour: string
}

interface Point extends Bar {
  readonly n: number
}

const WIDTH = 820
const FONT_SIZE = 13

/** A table as an SVG: lines where something grows, otherwise a bar for each row in one column. */
export function chartOf(table: Table, column: string): string {
  return table.grows === undefined ? bars(table, column) : lines(table, table.grows)
}

function bars(table: Table, column: string): string {
  const data = table.rows.flatMap(({ name }): Bar[] => {
    const figure = figureOf(table, { row: name, column })
    return figure === undefined ? [] : [{ name, figure, colour: colourOf(isOurs(name), name === table.base) }]
  })
  const longest = Math.max(...data.map(({ figure }) => figure))
  return svgOf({
    height: 70 + data.length * 24,
    marginLeft: 250,
    marginRight: 70,
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

function lines(table: Table, grows: readonly number[]): string {
  const data = table.rows.flatMap(({ name }) =>
    table.columns.flatMap((column, index): Point[] => {
      const figure = figureOf(table, { row: name, column })
      const colour = colourOf(isOurs(name), name === table.base)
      return figure === undefined ? [] : [{ name, figure, colour, n: grows[index]! }]
    }),
  )
  const height = 420
  const figures = data.map(({ figure }) => figure)
  const ticks = powersOfTen(Math.min(...figures), Math.max(...figures))
  const labels = spread(
    data.filter(({ n }) => n === Math.max(...grows)),
    // A label needs as much room on the axis as its letters are high.
    (ticks.at(-1)! / ticks[0]!) ** ((FONT_SIZE * 1.15) / (height - 70)),
  )
  return svgOf({
    height,
    marginLeft: 60,
    marginRight: 240,
    x: { type: 'log' },
    y: { type: 'log', label: `${table.unit.name} (${table.unit.better} is better)`, ticks, tickFormat: '~g' },
    marks: [
      // Told its labels: it would leave out those of numbers that are far from a power of ten.
      ['axisX', grows, { text: table.columns, label: table.axis, labelOffset: 44 }],
      ['gridY', ticks, { stroke: 'var(--grid)', strokeOpacity: 1 }],
      ['line', data, { x: 'n', y: 'figure', z: 'name', stroke: 'colour', strokeWidth: 2 }],
      ['dot', data, { x: 'n', y: 'figure', fill: 'colour', r: 3 }],
      ['text', labels, { x: 'n', y: 'at', text: 'name', textAnchor: 'start', dx: 10 }],
    ],
  })
}

function powersOfTen(least: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))]
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
}

function svgOf(options: Omit<PlotOptions, 'width' | 'marginBottom' | 'style' | 'css'>): string {
  return plotSvg({
    ...options,
    width: WIDTH,
    // Room for the label of the axis below its numbers.
    marginBottom: 50,
    style: { fontSize: `${FONT_SIZE}px`, fontFamily: 'system-ui, sans-serif', background: 'transparent' },
    css: theme,
  })
}
