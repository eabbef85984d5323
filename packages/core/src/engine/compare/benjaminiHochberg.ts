/**
 * P-values adjusted for how many there are, so that of those below a limit no more than that share is expected to be false
 * (Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", 1995).
 */
export const benjaminiHochberg = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const order = [...values.keys()].sort((a, b) => values[b] - values[a])
  const adjusted = new Array<number>(values.length)
  let least = 1
  for (const [i, at] of order.entries()) {
    least = Math.min(least, (values[at] * values.length) / (values.length - i))
    adjusted[at] = least
  }
  return adjusted
}
