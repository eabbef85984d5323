/** Formats of inputs. Parquet is made of the CSV: what has no user or no valid time has null there. */
export const inputFormats = ["jsonl", "csv", "parquet"] as const

/** Formats of what is written. */
export const outputFormats = ["csv", "parquet"] as const

/** Mean number of events in a session. */
export const shapes = { short: 2, long: 30 }

/** A generated file, as a line of a table names it. */
export interface Input {
  readonly shape: keyof typeof shapes
  readonly format: (typeof inputFormats)[number]
  /** What the sessions are written as. */
  readonly out: (typeof outputFormats)[number]
  readonly rows: number
  /** No duplicates and no bad rows. */
  readonly clean: boolean
}
