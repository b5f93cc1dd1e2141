/** Places labels beside the last points of lines, on a logarithmic axis, so that none covers another. */
export function spread<T extends { readonly figure: number }>(
  points: readonly T[],
  gap: number,
): (T & { at: number })[] {
  const sorted = [...points].sort((a, b) => a.figure - b.figure)
  let lowest = 0
  return sorted.map((point) => {
    const at = Math.max(point.figure, lowest)
    lowest = at * gap
    return { ...point, at }
  })
}
