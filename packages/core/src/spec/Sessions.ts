import * as Schema from "effect/Schema"
import { Duration } from "./Duration.ts"
import { described, Expression, Expressions, withDefault } from "./Key.ts"

const FromNull = Schema.Literals(["keep", "split"])

const Change = Schema.Union([
  Schema.String,
  Schema.Struct({ column: Schema.String, from_null: Schema.optionalKey(FromNull) })
]).annotate({ expected: "a column, or { column: device, from_null: split }" })

/** How each user's events are cut. */
export const Sessions = Schema.Struct({
  gap: described(
    Expression.annotate({ expected: "none, a duration such as 30m, or an expression that gives an interval" }),
    "A longer time without events ends a session"
  ),
  boundary: withDefault(
    Schema.Literals(["merge", "split"]),
    "merge",
    "Whether a time of exactly gap or max_duration keeps the session (merge) or ends it (split)"
  ),
  max_duration: described(Duration, "A session that would last longer ends"),
  max_events: described(
    Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotate({ expected: "a whole number from 1" }),
    "A session has at most so many events"
  ),
  start: described(Expression, "An event for which this is true opens a session"),
  end: described(Expression, "An event for which this is true is the last one of its session"),
  change: withDefault(
    Schema.Array(Change).annotate({ expected: "a list such as [device]" }),
    [],
    "Another value of such a column opens a session"
  ),
  from_null: withDefault(FromNull, "keep", "Whether a first value after none is such a change (split) or not (keep)"),
  midnight: described(
    Schema.Union([Schema.Literal(true), Schema.String]).annotate({ expected: "true, or a zone such as Europe/Berlin" }),
    "A new day opens a session: in the spec's timezone (true), or in this one"
  ),
  by: described(Schema.String, "A column with given session ids; where it is null the other rules cut"),
  numbering: withDefault(
    Schema.Literals(["all", "none"]),
    "all",
    "Whether sessions have the columns that depend on the user's other sessions: session_number, previous_session_end, next_session_start"
  ),
  passive: described(Expression, "Events for which this is true join sessions, and neither open nor extend them"),
  columns: withDefault(Expressions, {}, "Further columns: expressions with measures over the events of a session")
})

/** What is told of each user. */
export const Users = Schema.Struct({
  columns: withDefault(Expressions, {}, "Further columns: expressions with measures over the events of a user")
})
