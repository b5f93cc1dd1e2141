/** A mark of Observable Plot: its name there, its data and its channels. */
export type Mark = readonly [
  kind: 'barX' | 'gridX' | 'text',
  data: readonly unknown[] | undefined,
  channels: Readonly<Record<string, unknown>>,
]

/** Options of Observable Plot's `plot`, and marks as data. */
export interface PlotOptions {
  readonly width: number
  readonly height: number
  readonly marginLeft: number
  readonly marginRight: number
  readonly marginBottom: number
  readonly x: Readonly<Record<string, unknown>>
  readonly y: Readonly<Record<string, unknown>>
  readonly style: Readonly<Record<string, string>>
  readonly marks: readonly Mark[]
  /** Goes into the chart, after the styles that it has of its own. */
  readonly css: string
}

/** Draws a chart: the text of an SVG file. */
export function plotSvg(options: PlotOptions): string
