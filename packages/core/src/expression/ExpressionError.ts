import * as Data from "effect/Data"

/** An expression cannot be used; `from` and `to` are UTF-16 offsets of the fault in its text. */
export class ExpressionError extends Data.TaggedError("ExpressionError")<{
  readonly message: string
  /** What may help. */
  readonly hint?: string
  readonly from: number
  readonly to: number
}> {}

/** A part of an expression's text, as UTF-16 offsets. */
export interface Place {
  readonly from: number
  readonly to: number
}

export const expressionError = ({ from, to }: Place, message: string, hint?: string): ExpressionError =>
  new ExpressionError({ message, from, to, ...(hint === undefined ? {} : { hint }) })
