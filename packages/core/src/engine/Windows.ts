import type { RecordBatch } from "apache-arrow"
import { int64Column, lanes, type NamedColumn, textView } from "../arrow/Columns.ts"
import type { WindowCall } from "../expression/WindowCall.ts"
import { type Evaluate, type Expressions, namedColumn, type Values } from "./Expressions.ts"
import { selectRows } from "./Rows.ts"

/** Makes the function that looks at the neighbours of each row among the rows of its user, which stand together. */
export const makeWindows = (
  calls: ReadonlyArray<WindowCall>,
  user: string,
  expressions: Expressions,
  place: string
): ((batch: RecordBatch) => ReadonlyArray<NamedColumn>) => {
  const windows = calls.map(({ argument, name, window }) => ({
    name,
    window,
    evaluate: argument === null ? undefined : expressions.compile(argument, place)
  }))
  return (batch) => {
    const users = textView(batch, user).codes
    return windows.map(({ evaluate, name, window }) =>
      evaluate === undefined
        ? { name, data: numbers(users) }
        : namedColumn(name, neighbours(batch, users, window === "next" ? 1 : -1, evaluate))
    )
  }
}

/** 1 for a user's first row, 2 for the second. */
const numbers = (users: Int32Array) => {
  const values = new BigInt64Array(users.length)
  const words = lanes(values)
  for (let i = 0; i < users.length; i++) words[2 * i] = i > 0 && users[i] === users[i - 1] ? words[2 * i - 2] + 1 : 1
  return int64Column(values)
}

const neighbours = (batch: RecordBatch, users: Int32Array, step: 1 | -1, evaluate: Evaluate): Values => {
  const rows = Int32Array.from(users, (user, i) => (users[i + step] === user ? i + step : -1))
  const { data, json } = evaluate(batch)
  return { data: selectRows(data, rows), json }
}
