import type { RecordBatch } from "apache-arrow"
import { recordBatch, textColumn, textView } from "../arrow/Columns.ts"
import { compileExpression, type Evaluated } from "../expression/Evaluate.ts"
import type { Tree } from "../expression/Tree.ts"
import { columnsOf } from "../expression/TreeNames.ts"
import { FieldTexts } from "./FieldText.ts"

/** What expressions over the fields of records give. Fields are text; JSON is its text; null texts are null. */
export interface RecordValues {
  /** One of the trees that it was made for. */
  readonly valueOf: (tree: Tree) => Evaluated
}

/** Makes the function that evaluates some expressions on batches of decoded records. A plain column is no expression. */
export const makeRecordFields = (
  trees: ReadonlyArray<Tree>,
  nulls: ReadonlySet<string>,
  timezone: string,
  bindings: ReadonlyMap<string, string>
): ((records: RecordBatch) => RecordValues) => {
  const compiled = new Map(trees.map((tree) => [tree, compileExpression(tree, bindings, timezone)]))
  const rules = { nulls, blankIsNull: false, scalarOnly: false, plainIntegers: false }
  const fields = [...new Set(trees.flatMap(columnsOf))].map((name) => ({ name, texts: new FieldTexts(rules) }))
  return (records) => {
    const columns = fields.map(({ name, texts }) => {
      const { codes, ...column } = textView(records, name)
      const { meaning, values } = texts.read({ codes, ...column }, undefined)
      return { name, data: textColumn(Int32Array.from(codes, (code) => (code < 0 ? -1 : meaning[code])), values.vector()) }
    })
    const batch = recordBatch(columns, records.numRows)
    const known = new Map<Tree, Evaluated>()
    const valueOf = (tree: Tree): Evaluated => {
      const value = known.get(tree) ?? compiled.get(tree)?.(batch)
      if (value === undefined) throw new Error("no such expression")
      known.set(tree, value)
      return value
    }
    return { valueOf }
  }
}

/** What rejects call a value: the one field that it is made from, else its own name. */
export const fieldOf = (tree: Tree, name: string): string => {
  const columns = columnsOf(tree)
  return columns.length === 1 ? columns[0] : name
}
