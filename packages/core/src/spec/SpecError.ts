import * as Data from "effect/Data"

/** One mistake in a spec: where it is (1-based), what was expected, and what may help. */
export interface SpecProblem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint?: string
}

/** A spec that cannot be used, with every mistake that was found, in the order of the text. */
export class SpecError extends Data.TaggedError("SpecError")<{
  /** Name of the spec's file, as the user gave it. */
  readonly file: string
  readonly problems: ReadonlyArray<SpecProblem>
}> {
  override get message(): string {
    return this.problems
      .map(({ line, column, message, hint }) => {
        const help = hint === undefined ? "" : `\n  ${hint}`
        return `${this.file}:${line}:${column}: ${message}${help}`
      })
      .join("\n")
  }
}
