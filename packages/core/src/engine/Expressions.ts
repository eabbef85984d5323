import type { Data as ArrowData, RecordBatch } from "apache-arrow"
import * as Data from "effect/Data"
import { columnData, isJson, type NamedColumn, validRows } from "../arrow/Columns.ts"
import { compileExpression } from "../expression/Evaluate.ts"
import type { Tree } from "../expression/Tree.ts"
import { present } from "./measure/MeasureState.ts"
import { boolValues } from "./measure/Slots.ts"

/** An expression has no value for a row, and nothing says what to do then. */
export class ExpressionFailed extends Data.TaggedError("ExpressionFailed")<{
  /** Where the expression stands in the spec, such as `tables.daily`. */
  readonly place: string
  readonly reason: string
  /** The column at fault, if one is. */
  readonly column: string | null
}> {
  override get message(): string {
    const found = this.column === null ? "" : ` in "${this.column}"`
    return `${this.place}: ${this.reason}${found}; write try_cast(x as type) for null instead of an error`
  }
}

type Compiled = ReturnType<typeof compileExpression>

type Column = Tree & { readonly kind: "column" }

/**
 * The column of a condition that says no more than that it is not null, as that of `ignore nulls`. Not of doubles: those that
 * are no numbers are null in expressions.
 */
const columnThatIsThere = (tree: Tree): Column | undefined => {
  if (tree.kind !== "call" || tree.function !== "is not null") return undefined
  const [argument] = tree.arguments
  return argument.kind === "column" && argument.type !== "double" ? argument : undefined
}

/** Whether a column holds JSON that is wanted as text, of which the token `null` is null. */
const mayUnquote = ({ schema }: RecordBatch, { name, type }: Column): boolean =>
  type === "text" && schema.fields.some((field) => field.name === name && isJson(field))

/** The values of an expression for the rows of a batch. */
export interface Values {
  readonly data: ArrowData
  readonly json: boolean
}

/** The values as a column. */
export const namedColumn = (name: string, { data, json }: Values): NamedColumn => ({ name, data, json })

/**
 * `wanted`: by row, -1 where it does not matter whether there is a value; every row matters without it. Throws
 * {@link ExpressionFailed}.
 */
export type Evaluate = (batch: RecordBatch, wanted?: Int32Array) => Values

/** Makes the trees of a plan ready to be evaluated, with what a run binds to their parameters. */
export class Expressions {
  private readonly timezone: string
  private readonly bindings: ReadonlyMap<string, string>
  /** A plan's trees come again with every block of events; and, as other objects, in several of its tables. */
  private readonly compiled = new WeakMap<Tree, Compiled>()
  private readonly byText = new Map<string, Compiled>()

  constructor(timezone: string, bindings: ReadonlyMap<string, string>) {
    this.timezone = timezone
    this.bindings = bindings
  }

  /** `place`: where the tree comes from, for errors. */
  compile(tree: Tree, place: string): Evaluate {
    const evaluate = this.compiled.get(tree) ?? this.compileOnce(tree)
    this.compiled.set(tree, evaluate)
    return (batch, wanted) => {
      const { data, failed, json } = evaluate(batch)
      const at = failed?.rows.findIndex((row) => wanted === undefined || wanted[row] >= 0) ?? -1
      if (failed !== undefined && at >= 0) {
        throw new ExpressionFailed({ place, ...failed.causes[at] })
      }
      return { data, json }
    }
  }

  private compileOnce(tree: Tree): Compiled {
    const text = JSON.stringify(tree)
    const known = this.byText.get(text)
    if (known !== undefined) return known
    const evaluate = compileExpression(tree, this.bindings, this.timezone)
    const values = new WeakMap<RecordBatch, ReturnType<Compiled>>()
    const once: Compiled = (batch) => {
      const evaluated = values.get(batch) ?? evaluate(batch)
      values.set(batch, evaluated)
      return evaluated
    }
    this.byText.set(text, once)
    return once
  }

  /** Makes `groupOf` -1 where a condition does not hold. */
  condition(tree: Tree, place: string): (batch: RecordBatch, groupOf: Int32Array) => Int32Array {
    const evaluate = this.compile(tree, place)
    const column = columnThatIsThere(tree)
    return (batch, groupOf) => {
      if (column !== undefined && !mayUnquote(batch, column)) return present(groupOf, columnData(batch, column.name))
      const { data } = evaluate(batch, groupOf)
      const values = boolValues(data)
      const valid = validRows(data)
      const held = new Int32Array(groupOf.length)
      for (let i = 0; i < held.length; i++) held[i] = values[i] === 1 && valid?.[i] !== 0 ? groupOf[i] : -1
      return held
    }
  }
}
