/** Emphasis for a terminal; plain text where colours are not wanted (NO_COLOR) or the stream is no terminal. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
}

const wrap = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`
const plain = (text: string): string => text

/** Characters that a line of a terminal holds, where that is known. */
export const widthOf = ({ columns }: { readonly columns?: number }): number | undefined =>
  columns ? columns : undefined

export const styleFor = (
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>
): Style => {
  const coloured = stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb"
  return coloured
    ? { bold: wrap(1, 22), dim: wrap(2, 22), red: wrap(31, 39), yellow: wrap(33, 39) }
    : { bold: plain, dim: plain, red: plain, yellow: plain }
}
