import { Duration, type RecordBatch } from "apache-arrow"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { recordBatch } from "../../src/arrow/Columns.ts"
import { type Checked, checkExpression } from "../../src/expression/Check.ts"
import { compileExpression, type Evaluated } from "../../src/expression/Evaluate.ts"
import type { ExpressionError } from "../../src/expression/ExpressionError.ts"
import { intervalText } from "../../src/expression/Interval.ts"
import { parseExpression } from "../../src/expression/Parse.ts"
import type { Scope } from "../../src/expression/Scope.ts"
import { Tree, type ValueType } from "../../src/expression/Tree.ts"
import { type Plain, plainColumn } from "../support/plain.ts"

/** Names that can be used, and their types. */
export type Types = Readonly<Record<string, ValueType>>

export const scopeOf = (
  types: Types,
  allow: Scope["allow"] = { measures: false, windows: false, over: false }
): Scope => ({
  resolve: (path) => {
    const name = path.join(".")
    return types[name] === undefined ? undefined : { name, type: types[name] }
  },
  names: Object.keys(types),
  allow
})

export const check = (text: string, scope: Scope): Result.Result<Checked, ExpressionError> =>
  Result.flatMap(parseExpression(text), (syntax) => checkExpression(syntax, scope))

/** The checked form of an expression that is known to be good. */
export const checked = (text: string, scope: Scope): Checked => {
  const result = check(text, scope)
  if (Result.isFailure(result)) throw new Error(`${text}: ${result.failure.message}`)
  return result.success
}

const PlanText = Schema.fromJsonString(Tree)

/** A tree as it comes out of a plan that was written and read again. */
export const throughJson = (tree: Tree): Tree =>
  Schema.decodeUnknownSync(PlanText)(Schema.encodeUnknownSync(PlanText)(tree))

export interface Outcome extends Evaluated {
  readonly type: ValueType
  readonly values: ReadonlyArray<Plain>
}

/** The value of an expression for each row. */
export const evaluate = (
  text: string,
  batch: RecordBatch,
  types: Types,
  { bindings = {}, timezone = "UTC" }: { bindings?: Readonly<Record<string, string>>; timezone?: string } = {}
): Outcome => {
  const { tree } = checked(text, scopeOf(types))
  const run = compileExpression(throughJson(tree), new Map(Object.entries(bindings)), timezone)
  const evaluated = run(batch)
  return { ...evaluated, type: tree.type, values: plainValues(evaluated.data) }
}

/** An interval as text. */
export const plainValues = (data: Evaluated["data"]): ReadonlyArray<Plain> => {
  if (!(data.type instanceof Duration)) {
    return plainColumn(recordBatch([{ name: "value", data }], data.length), "value")
  }
  return Array.from({ length: data.length }, (_, i) => (data.getValid(i) ? intervalText(data.values[i]) : null))
}
