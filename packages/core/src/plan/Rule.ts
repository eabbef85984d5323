import * as Schema from "effect/Schema"
import { Tree } from "../expression/Tree.ts"

/** What happens exactly at a limit: the session goes on (`merge`, over it cuts), or is cut there already (`split`). */
export const Boundary = Schema.Literals(["merge", "split"])
export type Boundary = typeof Boundary.Type

/**
 * A rule is one step over a user's ordered events: state and event give the next state and a cause, or none. Of several
 * rules that cut at one event the first gives the cause. A plan lists them as here, at most one of a kind, but one
 * `change` a column.
 */
export const Rule = Schema.Union([
  /** The event after one for which this holds opens a session. */
  Schema.Struct({ rule: Schema.Literal("end"), when: Tree }),
  /** An event for which this holds opens a session. */
  Schema.Struct({ rule: Schema.Literal("start"), when: Tree }),
  /** An interval, of the earlier event: how long the session stays open after it. Null or negative: not at all longer. */
  Schema.Struct({ rule: Schema.Literal("gap"), gap: Tree, boundary: Boundary }),
  /** Since the start of the session. */
  Schema.Struct({ rule: Schema.Literal("max_duration"), micros: Schema.Int, boundary: Boundary }),
  /** At most this many events in a session. */
  Schema.Struct({ rule: Schema.Literal("max_events"), count: Schema.Int }),
  /** Another value than the last one in the session; `split`: a value after none in the session, too. */
  Schema.Struct({
    rule: Schema.Literal("change"),
    column: Schema.String,
    from_null: Schema.Literals(["keep", "split"])
  }),
  /** Another date than that of the event before. */
  Schema.Struct({ rule: Schema.Literal("midnight"), timezone: Schema.String })
])
export type Rule = typeof Rule.Type
