// JavaScript, since the types of these libraries ask for those of a browser, which the rest of the project must not see.
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

export function plotSvg({ marks, css, ...options }) {
  const { document } = parseHTML('<html></html>')
  const chart = Plot.plot({
    ...options,
    document,
    // Colours are CSS, and not for a scale to choose.
    color: { type: 'identity' },
    marks: marks.map(([kind, data, channels]) => Plot[kind](data, channels)),
  })
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  const style = document.createElement('style')
  style.textContent = css
  chart.append(style)
  return `${chart.outerHTML}\n`
}
