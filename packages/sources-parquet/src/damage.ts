/**
 * What is wrong with a file, by what reading it threw: a sentence if somebody wrote one, and no more than that it is
 * malformed where a value was not even of the right kind.
 */
export const damage = (cause: unknown): string => {
  if (cause instanceof RangeError) return "it is cut short, or a size in it is wrong"
  if (cause instanceof TypeError || !(cause instanceof Error)) return "it is malformed"
  return cause.message.replace(/^parquet /, "")
}
