import type { Data, RecordBatch } from "apache-arrow"
import { int64Column, lanes, type NamedColumn, recordBatch, textView } from "../arrow/Columns.ts"
import type { WindowCall } from "../expression/WindowCall.ts"
import { type Expressions, namedColumn } from "./Expressions.ts"
import { GroupKeys } from "./GroupKeys.ts"
import { GroupMeasures } from "./GroupMeasures.ts"
import { orderOf, type OrderColumn } from "./orderRows.ts"
import { selectRows } from "./Rows.ts"

/** Rows as a window sees them: `groupOf` says which belong together, `rows` in which order they come. */
interface View {
  readonly groupOf: Int32Array
  readonly groups: number
  readonly rows: Int32Array
  /** Whether two rows that belong together are equal in order. */
  readonly isEqual: (a: number, b: number) => boolean
}

type Make = (batch: RecordBatch) => NamedColumn

/** Makes the function that looks at other rows of a batch for each of its rows; those of a user stand together. */
export const makeWindows = (
  calls: ReadonlyArray<WindowCall>,
  user: string,
  expressions: Expressions,
  place: string
): ((batch: RecordBatch) => ReadonlyArray<NamedColumn>) => {
  const makes = calls.map((call): Make => {
    const viewOf = makeView(call, user, expressions, place)
    const { argument, measure, name, window } = call
    if (measure !== null) {
      return (batch) => ({ name, data: measured(call, expressions, place, batch, viewOf(batch)) })
    }
    if (argument === null) return (batch) => ({ name, data: numbers(viewOf(batch), window === "rank") })
    const evaluate = expressions.compile(argument, place)
    return (batch) => {
      const { data, json } = evaluate(batch)
      return namedColumn(name, { data: selectRows(data, neighbours(viewOf(batch), window === "next")), json })
    }
  })
  return (batch) => makes.map((make) => make(batch))
}

const makeView = (
  { over }: WindowCall,
  user: string,
  expressions: Expressions,
  place: string
): ((batch: RecordBatch) => View) => {
  if (over === null) return (batch) => viewOfUsers(textView(batch, user).codes)
  const keys = over.partition.map((tree) => expressions.compile(tree, place))
  const order = over.order.map(({ descending, value }, i) => ({
    column: { column: `${i}`, descending } satisfies OrderColumn,
    isUser: value.kind === "column" && value.name === user,
    evaluate: expressions.compile(value, place)
  }))
  return (batch) => {
    const all = new Int32Array(batch.numRows)
    const groupKeys = new GroupKeys(over.partition.map(({ type }) => type))
    const groupOf = groupKeys.groupOf(
      keys.map((evaluate) => evaluate(batch).data),
      all
    )
    const columns = order.map(({ column, evaluate }) => namedColumn(column.column, evaluate(batch)))
    const { compare, rows } = orderOf(
      recordBatch(columns, batch.numRows),
      order.map(({ column }) => column),
      order.find(({ isUser }) => isUser)?.column.column ?? ""
    )
    return { groupOf, groups: groupKeys.size, rows, isEqual: (a, b) => compare(a, b) === 0 }
  }
}

/** Users stand together, and their rows are in order. */
const viewOfUsers = (users: Int32Array): View => {
  const groupOf = new Int32Array(users.length)
  let group = 0
  for (let i = 0; i < users.length; i++) groupOf[i] = i > 0 && users[i] !== users[i - 1] ? ++group : group
  return { groupOf, groups: group + 1, rows: Int32Array.from(users.keys()), isEqual: () => false }
}

/** 1 for the first row of each group, 2 for the second; with `ranks` equal ones have the number of the first of them. */
const numbers = ({ groupOf, groups, isEqual, rows }: View, ranks: boolean): Data => {
  const counts = new Int32Array(groups)
  const ranked = new Int32Array(groups)
  const last = new Int32Array(groups).fill(-1)
  const values = new BigInt64Array(rows.length)
  const words = lanes(values)
  for (const row of rows) {
    const group = groupOf[row]
    const count = ++counts[group]
    if (!ranks || last[group] < 0 || !isEqual(last[group], row)) ranked[group] = count
    last[group] = row
    words[2 * row] = ranked[group]
  }
  return int64Column(values)
}

/** For each row the next one of its group, or the previous one; -1 where there is none. */
const neighbours = ({ groupOf, groups, rows }: View, isNext: boolean): Int32Array => {
  const found = new Int32Array(rows.length).fill(-1)
  const last = new Int32Array(groups).fill(-1)
  for (const row of rows) {
    const before = last[groupOf[row]]
    if (!isNext) found[row] = before
    else if (before >= 0) found[before] = row
    last[groupOf[row]] = row
  }
  return found
}

const measured = (
  { measure }: WindowCall,
  expressions: Expressions,
  place: string,
  batch: RecordBatch,
  { groupOf, groups }: View
): Data => {
  const measures = new GroupMeasures(measure === null ? [] : [measure], expressions, place)
  measures.add(batch, groupOf, groups)
  return selectRows(measures.finish(groups)[0].data, groupOf)
}
