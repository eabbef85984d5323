import type { rowFormats } from "./Row.ts"

/** Mean number of events in a session. */
export const shapes = { short: 2, long: 30 }

/** A generated file, as a line of a table names it. */
export interface Input {
  readonly shape: keyof typeof shapes
  readonly format: keyof typeof rowFormats
  readonly rows: number
  /** No duplicates and no bad rows. */
  readonly clean: boolean
}
