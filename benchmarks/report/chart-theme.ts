/** Colours of a chart, as CSS that follows the reader's light or dark page. */
export const theme = `
  svg { background: transparent; color: #1f2328; --ours: #0969da; --base: #57606a; --others: #afb8c1; --grid: #d0d7de }
  @media (prefers-color-scheme: dark) {
    svg { color: #e6edf3; --ours: #4493f8; --base: #9198a1; --others: #59636e; --grid: #3d444d }
  }
`

/** The colour of a row: ours, the base that all are compared with, or another. */
export function colourOf(isOurs: boolean, isBase: boolean): string {
  if (isOurs) return 'var(--ours)'
  return isBase ? 'var(--base)' : 'var(--others)'
}
