/** The middle of some numbers; of an even count, the mean of the two in the middle. NaN of none. */
export function median(numbers: ReadonlyArray<number>): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}
