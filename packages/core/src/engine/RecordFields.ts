import type { Texts } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import { recordBatch, textColumn, textView, type TextView } from "../arrow/Columns.ts"
import { compileExpression, type Evaluated } from "../expression/Evaluate.ts"
import type { Tree } from "../expression/Tree.ts"
import { columnsOf } from "../expression/TreeNames.ts"
import { type FieldText, fieldRules, FieldTexts, nullText } from "./FieldText.ts"

/** What expressions over the fields of records give. Fields are text; JSON is its text; null texts are null. */
export interface RecordValues {
  /** One of the trees that it was made for. */
  readonly valueOf: (tree: Tree) => Evaluated
}

/**
 * Makes the function that evaluates some expressions on batches of decoded records. `texts`: of columns whose dictionary
 * goes on growing. A plain column is no expression.
 */
export const makeRecordFields = (
  trees: ReadonlyArray<Tree>,
  nulls: ReadonlySet<string>,
  timezone: string,
  bindings: ReadonlyMap<string, string>
): ((records: RecordBatch, texts?: ReadonlyMap<string, Texts>) => RecordValues) => {
  const compiled = new Map(trees.map((tree) => [tree, compileExpression(tree, bindings, timezone)]))
  const rules = fieldRules(nulls)
  const fields = [...new Set(trees.flatMap(columnsOf))].map((name) => ({ name, texts: new FieldTexts(rules) }))
  return (records, growing) => {
    const columns = fields.map(({ name, texts }) => {
      const column = textView(records, name)
      return { name, data: fieldColumn(column, texts.read(column, growing?.get(name))) }
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

const fieldColumn = ({ codes }: TextView, { meaning, values }: FieldText) => {
  const texts = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) texts[i] = codes[i] < 0 ? nullText : meaning[codes[i]]
  return textColumn(texts, values.vector())
}

/** What rejects call a value: the one field that it is made from, else its own name. */
export const fieldOf = (tree: Tree, name: string): string => {
  const columns = columnsOf(tree)
  return columns.length === 1 ? columns[0] : name
}
