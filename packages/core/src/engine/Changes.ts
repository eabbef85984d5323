import type { RecordBatch } from "apache-arrow"
import { columnData, int64Column, int64Lanes, isJson, lanes, recordBatch, textView } from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import type { Plan } from "../plan/Plan.ts"
import type { Block } from "../run/Merge.ts"
import { type Part, placeColumn } from "../run/Place.ts"
import { compute, type Computed, type ComputeContext } from "./Compute.ts"
import { selectBatch } from "./Rows.ts"
import { isComparable, touchedPaths } from "./TouchedPaths.ts"

/** How the events of a run were before it, where a state keeps them. Plain data. */
export interface Former {
  /** The plan of the run before. */
  readonly plan: Plan
  /** Users may have other sessions though no event of theirs came or went. */
  readonly all: boolean
  readonly asOfMicros: number
  /** Parts whose events were there, with their numbers now, in the order that they had then. */
  readonly parts: ReadonlyArray<Part & { readonly part: number }>
  /** Records of such parts that were no events then: places as in `placeColumn`. */
  readonly replayed: ReadonlyArray<readonly [part: number, ordinal: number]>
  /** Why parts came or went, by their numbers. */
  readonly causes: ReadonlyArray<readonly [part: number, cause: string]>
}

/** What became of a session whose id is another one now. */
export type ChangeKind = "merged" | "split" | "moved" | "gone"

interface Change {
  readonly user: string
  readonly from: string
  readonly to: string | null
  readonly kind: ChangeKind
  readonly cause: string
}

/** What became of some users. */
export interface Compared {
  /** A table of ids that are no more. */
  readonly changes: RecordBatch
  /** For each output of the plan that is divided, the partitions in which these users have other rows. */
  readonly touched: ReadonlyArray<ReadonlyArray<string>>
}

/** A session by its id, and what tells its events, which few are asked for. */
interface Known {
  readonly id: string
  /** Equal for sessions of one id that have the same events; undefined where events may stand in another's midst. */
  readonly extent: string | undefined
  readonly events: () => ReadonlyArray<string>
}

/**
 * Compares the sessions of users before a run and after it. An event is the same where its user and time are; with given
 * ids, under which sessions may share an instant, where its place is.
 */
export class Changes {
  private readonly former: Former
  private readonly plan: Plan
  private readonly context: ComputeContext
  private readonly ranks: ReadonlyMap<number, number>
  private readonly voided: ReadonlySet<number>
  private readonly causes: ReadonlyMap<number, string>
  private readonly replayed = new Map<number, Set<number>>()
  private readonly openSince: number

  constructor(former: Former, plan: Plan, context: ComputeContext, voided: ReadonlySet<number>) {
    this.former = former
    this.plan = plan
    this.context = context
    this.voided = voided
    this.ranks = new Map(former.parts.map(({ part }, rank) => [part, rank]))
    this.causes = new Map(former.causes)
    for (const [part, ordinal] of former.replayed) {
      this.replayed.set(part, (this.replayed.get(part) ?? new Set()).add(ordinal))
    }
    this.openSince = openSince(plan, former.asOfMicros, context.asOfMicros)
  }

  /**
   * Whether an event came or went, or may have been in a session that was open: its user may have other sessions, or other
   * rows of them. The event by its place, and its time in microseconds.
   */
  touches(part: number, ordinal: number, time: number): boolean {
    return (
      this.former.all ||
      time >= this.openSince ||
      this.causes.has(part) ||
      this.replayed.get(part)?.has(ordinal) === true
    )
  }

  /** What became of the users in a block, whose events are all that were there or are. */
  of({ ends, events }: Block): Compared {
    const places = int64Lanes(events, placeColumn)
    const partOf = (row: number): number => places[2 * row + 1]
    const isReplayed = (row: number): boolean => this.replayed.get(partOf(row))?.has(places[2 * row] >>> 0) === true
    const wasThere = (row: number): boolean => this.ranks.has(partOf(row)) && !isReplayed(row)
    const { asOfMicros, parts, plan } = this.former
    const then = { ...this.context, asOfMicros, parts }
    const former = compute(plan, withRanks(some({ ends, events }, wasThere), this.ranks), then)
    const isThere = (row: number): boolean => !this.voided.has(partOf(row))
    const now = compute(this.plan, some({ ends, events }, isThere), this.context)
    const before = sessionsOf(plan, former, (rank) => parts[rank].part)
    const after = sessionsOf(this.plan, now, (part) => part)
    const names = textView(events, this.plan.validate.user.name)
    const changes: Array<Change> = []
    let from = 0
    for (const end of ends) {
      const code = names.codes[from]
      const user = decoder.decode(names.bytes.slice(names.offsets[code], names.offsets[code + 1]))
      const found = compared(before.get(user) ?? [], after.get(user) ?? [])
      if (found.length > 0) {
        const causes = new Set<string>()
        for (let row = from; row < end; row++) {
          const cause = isReplayed(row) ? "replayed" : this.causes.get(partOf(row))
          if (cause !== undefined) causes.add(cause)
        }
        const cause = causes.size === 0 ? "spec" : [...causes].toSorted().join(", ")
        for (const change of found) changes.push({ user, cause, ...change })
      }
      from = end
    }
    const touched = this.plan.write.map((write) =>
      isComparable(this.plan, write) ? [...touchedPaths(this.plan, write, former.table, now.table)] : []
    )
    return { changes: tableOf(changes), touched }
  }
}

/** Since when an event may have been in a session that was open and is not any more; Infinity if none can have been. */
const openSince = ({ sessionize, write }: Plan, before: number, now: number): number => {
  const isTold = write.some(({ columns, table }) => table === "sessions" && columns.includes("is_open"))
  if (sessionize === null || !isTold || before === now) return Infinity
  const rule = sessionize.rules.find((one) => one.rule === "gap")
  const isOne = rule?.rule === "gap" && rule.gap.kind === "literal"
  return isOne ? Math.min(before, now) - Number(rule.gap.value) : -Infinity
}

/** The sessions of each user. `partOf`: the parts of the run by what stands in places. */
const sessionsOf = (
  plan: Plan,
  { events, sessions, table }: Computed,
  partOf: (part: number) => number
): ReadonlyMap<string, ReadonlyArray<Known>> => {
  const found = new Map<string, Array<Known>>()
  const user = plan.validate.user.name
  if (plan.sessionize === null || sessions === undefined) return found
  const columns = table("sessions", ["session_id", user])
  const ids = textView(columns, "session_id")
  const users = textView(columns, user)
  const times = int64Lanes(events, plan.validate.time.name)
  const places = int64Lanes(events, placeColumn)
  const isByTime = plan.sessionize.by === null
  const keyOf = (row: number): string =>
    isByTime ? `${times[2 * row + 1]} ${times[2 * row]}` : `${partOf(places[2 * row + 1])} ${places[2 * row]}`
  const eventsOf = (session: number) => () => {
    const rows = sessions.rows.subarray(sessions.starts[session], sessions.starts[session + 1])
    return Array.from(rows, keyOf)
  }
  const isApart = isByTime && plan.sessionize.passive === null
  const extentOf = (session: number): string | undefined => {
    const last = sessions.lasts[session]
    const size = sessions.starts[session + 1] - sessions.starts[session]
    return isApart ? `${keyOf(last)} ${size}` : undefined
  }
  for (let i = 0; i < columns.numRows;) {
    const code = users.codes[i]
    const known: Array<Known> = []
    for (; i < columns.numRows && users.codes[i] === code; i++) {
      known.push({ id: ids.dictionary.get(ids.codes[i]) ?? "", extent: extentOf(i), events: eventsOf(i) })
    }
    found.set(users.dictionary.get(code) ?? "", known)
  }
  return found
}

/** What became of the ids of one user's sessions. */
const compared = (
  formerSessions: ReadonlyArray<Known>,
  sessions: ReadonlyArray<Known>
): ReadonlyArray<Pick<Change, "from" | "to" | "kind">> => {
  const isSame = (one: Known, other: Known) =>
    one.id === other.id && one.extent !== undefined && one.extent === other.extent
  let first = 0
  let [last, lastNow] = [formerSessions.length, sessions.length]
  while (first < last && first < lastNow && isSame(formerSessions[first], sessions[first])) first++
  while (first < last && first < lastNow && isSame(formerSessions[last - 1], sessions[lastNow - 1])) {
    last--
    lastNow--
  }
  const before = formerSessions.slice(first, last)
  const after = sessions.slice(first, lastNow)
  if (before.length === 0) return []
  const sessionOf = new Map(after.flatMap(({ events, id }) => events().map((event) => [event, id] as const)))
  const links = before.map(({ events, id }) => ({
    from: id,
    to: new Set(events().flatMap((event) => sessionOf.get(event) ?? []))
  }))
  const formerIds = new Set(before.map(({ id }) => id))
  const ids = new Set(after.map(({ id }) => id))
  const sources = new Map<string, number>()
  for (const link of links) for (const id of link.to) sources.set(id, (sources.get(id) ?? 0) + 1)
  return links.flatMap(({ from, to }): ReadonlyArray<Pick<Change, "from" | "to" | "kind">> => {
    const stays = ids.has(from)
    // Events that went from one session to another, both of which stay, change no id.
    const others = [...to].filter((id) => id !== from && !(stays && formerIds.has(id)))
    if (stays) return others.map((id) => ({ from, to: id, kind: "split" }))
    if (others.length === 0) return [{ from, to: null, kind: "gone" }]
    if (others.length > 1) return others.map((id) => ({ from, to: id, kind: "split" }))
    return [{ from, to: others[0], kind: (sources.get(others[0]) ?? 0) > 1 ? "merged" : "moved" }]
  })
}

/** Some rows of a block. */
const some = ({ ends, events }: Block, isWanted: (row: number) => boolean): Block => {
  const kept: Array<number> = []
  const keptEnds: Array<number> = []
  let row = 0
  for (const end of ends) {
    const before = kept.length
    for (; row < end; row++) if (isWanted(row)) kept.push(row)
    if (kept.length > before) keptEnds.push(kept.length)
  }
  return { events: selectBatch(events, Int32Array.from(kept)), ends: Int32Array.from(keptEnds) }
}

/** Events in the order that their parts had. */
const withRanks = ({ ends, events }: Block, ranks: ReadonlyMap<number, number>): Block => {
  const columns = events.schema.fields.map((field) => {
    const { name } = field
    const data = columnData(events, name)
    if (name !== placeColumn) return { name, data, json: isJson(field) }
    const places = (data.values as BigInt64Array).slice(0, events.numRows)
    const words = lanes(places)
    for (let i = 1; i < words.length; i += 2) words[i] = ranks.get(words[i]) ?? 0
    return { name, data: int64Column(places) }
  })
  return { ends, events: recordBatch(columns, events.numRows) }
}

const tableOf = (changes: ReadonlyArray<Change>): RecordBatch => {
  const columns = (["user", "from", "to", "kind", "cause"] as const).map((name) => {
    const texts = new TextBuilder()
    for (const [i, change] of changes.entries()) {
      const text = change[name]
      if (text !== null) texts.setText(i, text)
    }
    return { name: columnNames[name], data: texts.take(changes.length) }
  })
  return recordBatch(columns, changes.length)
}

const columnNames = {
  user: "user",
  from: "old_session_id",
  to: "new_session_id",
  kind: "kind",
  cause: "cause"
} as const

const decoder = new TextDecoder()
