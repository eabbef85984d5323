import * as Schema from "effect/Schema"
import { Duration } from "./Duration.ts"
import { described } from "./Key.ts"

const name = Schema.Literals(["id", "record", "none"])
const columns = Schema.NonEmptyArray(Schema.String)

/** What makes two events of a user the same, and how far apart they may be. */
export const Dedupe = Schema.Union([
  name,
  columns,
  Schema.Struct({
    key: Schema.Union([name, columns]).annotate({
      expected: "id, record, none, or a list of columns such as [user, time, type]",
      description: "What makes two events of a user the same"
    }),
    within: described(Duration, "Only an event that is at most so long after one with its key is the same")
  })
]).annotate({ expected: "id, record, none, a list of columns such as [user, time, type], or { key: id, within: 7d }" })
