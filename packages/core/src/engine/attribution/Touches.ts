import { differenceMicros } from "../../time/Int64.ts"

/** Rows of events, in order of users and then of time. */
interface Rows {
  /** By row: a code of its user, and of its session or -1. */
  readonly users: Int32Array
  readonly sessions: Int32Array
  /** Codes of sessions are less than it; a session is one user's. */
  readonly sessionCount: number
  readonly times: Int32Array
  /** By row: -1 where it does not count. */
  readonly kept: Int32Array
  readonly isPage: (row: number) => boolean
}

/** For each conversion: its first touch, the last one that is not direct, and how many there are. -1 is none. */
interface Found {
  readonly first: Int32Array
  readonly last: Int32Array
  readonly counts: Int32Array
}

/** The sessions of some users that have a page event, each a touch, in order of users and of their starts. */
export class Touches {
  /** By touch: the first row of its session, and its first page event. */
  readonly starts: Int32Array
  readonly entries: Int32Array
  /** By code of a session: the touch that it is, or -1. */
  private readonly touchOf: Int32Array
  private readonly rows: Rows

  constructor(rows: Rows) {
    this.rows = rows
    const { isPage, kept, sessionCount, sessions } = rows
    // By session.
    const starts = new Int32Array(sessionCount).fill(-1)
    const entries = new Int32Array(sessionCount).fill(-1)
    /** In order of their starts. */
    const inOrder = new Int32Array(sessionCount)
    let count = 0
    for (let row = 0; row < kept.length; row++) {
      const session = sessions[row]
      if (kept[row] < 0 || session < 0) continue
      if (starts[session] < 0) {
        starts[session] = row
        inOrder[count++] = session
      }
      if (entries[session] < 0 && isPage(row)) entries[session] = row
    }
    // Sessions without a page event are no touches.
    const touches = inOrder.subarray(0, count).filter((session) => entries[session] >= 0)
    this.starts = touches.map((session) => starts[session])
    this.entries = touches.map((session) => entries[session])
    this.touchOf = new Int32Array(sessionCount).fill(-1)
    for (let touch = 0; touch < touches.length; touch++) this.touchOf[touches[touch]] = touch
  }

  /**
   * What stands before each conversion, whose rows ascend: sessions that started at it or up to `lookback` microseconds
   * before, and its own session whenever that started. The last one is direct where all are.
   */
  before(conversions: Int32Array, lookback: number, isDirect: (touch: number) => boolean): Found {
    const { starts, touchOf } = this
    const { sessions, times, users } = this.rows
    const first = new Int32Array(conversions.length).fill(-1)
    const last = new Int32Array(conversions.length).fill(-1)
    const counts = new Int32Array(conversions.length)
    /** Touches from `from` to before `to` are in time; `known` is the last one before `to` that is not direct. */
    let from = 0
    let to = 0
    let known = -1
    for (const [i, row] of conversions.entries()) {
      const isSame = (start: number) => users[start] === users[row] && differenceMicros(times, row, start) === 0
      for (; to < starts.length && (starts[to] < row || isSame(starts[to])); to++) if (!isDirect(to)) known = to
      const isOld = (start: number) => users[start] !== users[row] || differenceMicros(times, row, start) > lookback
      while (from < to && isOld(starts[from])) from++
      const own = sessions[row] < 0 ? -1 : touchOf[sessions[row]]
      const isOlder = own >= 0 && own < from
      counts[i] = to - from + (isOlder ? 1 : 0)
      if (counts[i] === 0) continue
      first[i] = isOlder ? own : from
      if (known >= from) last[i] = known
      else last[i] = isOlder && (to === from || !isDirect(own)) ? own : to - 1
    }
    return { first, last, counts }
  }
}
