/** What may be wrong with an input; every recipe has a row for each, and more if it likes. */
export const kinds = [
  "no file",
  "an empty file",
  "a directory without files",
  "a wrong header",
  "a missing column",
  "a truncated last line",
  "a byte order mark"
] as const

/** An input that is not as it should be, and what is told of it: as an error, or as records that are counted. */
export interface BadInput {
  readonly kind: (typeof kinds)[number]
  /** Which one, where a recipe has several of a kind. */
  readonly of?: string
  readonly files: Readonly<Record<string, string>>
  /** Besides those of the recipe. */
  readonly words?: string
  readonly code: number
  readonly told: RegExp
  /** Files that are there afterwards, with what they have; none of them is there where the run fails. */
  readonly written?: Readonly<Record<string, string>>
}

/** The bad inputs of a recipe, and how it is called on them. */
export interface BadInputs {
  readonly recipe: string
  readonly words: string
  readonly env?: NodeJS.ProcessEnv
  readonly inputs: ReadonlyArray<BadInput>
}
