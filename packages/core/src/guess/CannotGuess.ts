import * as Data from "effect/Data"

/** The sample does not tell; `message` says what is open and `hint` which flags decide. */
export class CannotGuess extends Data.TaggedError("CannotGuess")<{ readonly message: string; readonly hint: string }> {}
