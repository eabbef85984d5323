import * as Schema from "effect/Schema"
import { Duration } from "./Duration.ts"
import { described, Expression } from "./Key.ts"
import { By } from "./Table.ts"

/** How many sessions are followed by another one of the same user. */
const Retention = Schema.Struct({
  window: Duration.annotate({ description: "The longest time from the start of a session to that of the next one" }),
  where: described(Expression, "Only sessions for which this is true, such as session_number = 1"),
  by: By
}).annotate({ expected: "a map such as { window: 3d, where: session_number = 1, by: [date] }" })
export type Retention = typeof Retention.Type

/** A table with a row a group of sessions. */
export const RetentionTable = Schema.Struct({
  retention: Retention.annotate({ description: "How many sessions are followed by another one of the same user" })
})
