import type { RecordBatch } from "apache-arrow"
import { columnData, type NamedColumn, pickColumns, recordBatch, textColumn, textView } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import type { Expressions } from "./Expressions.ts"
import { countColumn } from "./measure/Count.ts"
import { ownColumns } from "./OwnColumns.ts"
import { selectBatch, selectRows } from "./Rows.ts"
import type { Sessions } from "./Sessionize.ts"

type Shape = Pick<Plan, "validate"> & { readonly users: NonNullable<Plan["users"]> }

/** One row a user, in order, with the columns asked for. Throws `ExpressionFailed` and `IntegerOverflow`. */
export const userTable = (
  { users, validate }: Shape,
  events: RecordBatch,
  unique: Int32Array,
  sessions: Sessions | undefined,
  columns: ReadonlyArray<string>,
  expressions: Expressions
): RecordBatch => {
  const { codes, dictionary } = textView(events, validate.user.name)
  const { groupOf, starts } = userStarts(codes, unique)
  const groups = starts.length - 1
  const firsts = Int32Array.from({ length: groups }, (_, i) => unique[starts[i]])
  const lasts = Int32Array.from({ length: groups }, (_, i) => unique[starts[i + 1] - 1])
  const builtIn = (name: string) => {
    switch (name) {
      case validate.user.name:
        return textColumn(
          firsts.map((row) => codes[row]),
          dictionary
        )
      case "first_event":
        return selectRows(columnData(events, validate.time.name), firsts)
      case "last_event":
        return selectRows(columnData(events, validate.time.name), lasts)
      case "event_count":
        return countColumn(
          Float64Array.from(firsts, (_, i) => starts[i + 1] - starts[i]),
          groups
        )
      case "session_count":
        return countColumn(sessionCounts(codes, firsts, sessions), groups)
      default:
        throw new Error(`no user column ${name}`)
    }
  }
  const rows = (names: ReadonlyArray<string>) => selectBatch(pickColumns(events, names), unique)
  const grouped = { rows, groupOf: () => groupOf, groups, builtIn }
  const own = new Map(ownColumns(users, columns, grouped, expressions, "users").map((column) => [column.name, column]))
  return recordBatch(
    columns.map((name): NamedColumn => own.get(name) ?? { name, data: builtIn(name) }),
    groups
  )
}

/** Users stand together: the user of each unique event, from 0, and where the events of each begin. */
const userStarts = (codes: Int32Array, unique: Int32Array) => {
  const groupOf = new Int32Array(unique.length)
  const starts: Array<number> = []
  for (let i = 0; i < unique.length; i++) {
    if (i === 0 || codes[unique[i]] !== codes[unique[i - 1]]) starts.push(i)
    groupOf[i] = starts.length - 1
  }
  return { groupOf, starts: Int32Array.from([...starts, unique.length]) }
}

/** Sessions stand in the order of users, too, and every session's user has events. */
const sessionCounts = (codes: Int32Array, users: Int32Array, sessions: Sessions | undefined): Float64Array => {
  const counts = new Float64Array(users.length)
  let user = 0
  for (const row of sessions?.firsts ?? []) {
    while (codes[users[user]] !== codes[row]) user++
    counts[user]++
  }
  return counts
}
