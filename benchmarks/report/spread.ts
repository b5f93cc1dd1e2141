/** Places labels beside the last points of lines, on a logarithmic axis, `gap` times the one below it at least. */
export function spread<T extends { readonly figure: number }>(
  points: readonly T[],
  gap: number,
): (T & { at: number })[] {
  const sorted = [...points].sort((a, b) => a.figure - b.figure)
  const upwards = pushed(
    sorted.map(({ figure }) => figure),
    (previous, figure) => Math.max(figure, previous * gap),
  )
  const downwards = pushed(sorted.map(({ figure }) => figure).reverse(), (previous, figure) =>
    Math.min(figure, previous / gap),
  ).reverse()
  // Half-way between the two, labels lie around their points instead of above or below them.
  return sorted.map((point, i) => ({ ...point, at: Math.sqrt(upwards[i]! * downwards[i]!) }))
}

function pushed(figures: readonly number[], push: (previous: number, figure: number) => number): number[] {
  const places: number[] = []
  for (const [i, figure] of figures.entries()) places.push(i === 0 ? figure : push(places[i - 1]!, figure))
  return places
}
