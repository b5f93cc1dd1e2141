import type { Unit } from '../harness/table/table.js'

/** A figure in few digits: 31.4, 1,234 or, where there are many of something, 12.3 M. */
export function formatFigure(figure: number, unit: Unit): string {
  if (unit.better === 'more') {
    if (figure >= 1e6) return `${threeDigits(figure / 1e6)} M`
    if (figure >= 1e4) return `${threeDigits(figure / 1e3)} k`
  }
  return threeDigits(figure)
}

/** A ratio in few digits, with its sign: 1.93×. */
export function formatRatio(ratio: number): string {
  return `${ratio < 1 ? ratio.toFixed(2) : threeDigits(ratio)}×`
}

function threeDigits(figure: number): string {
  if (figure < 1) return figure.toPrecision(3)
  const decimals = figure >= 100 ? 0 : figure >= 10 ? 1 : 2
  return figure.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}
