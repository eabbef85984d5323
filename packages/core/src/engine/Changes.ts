import type { RecordBatch } from "apache-arrow"
import { columnData, int64Column, int64Lanes, isJson, lanes, recordBatch, textView } from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import type { Plan } from "../plan/Plan.ts"
import type { Block } from "../run/Merge.ts"
import { placeColumn } from "../run/Place.ts"
import { compute, type ComputeContext } from "./Compute.ts"
import { selectBatch } from "./Rows.ts"

/** How the events of a run were before it, where a state keeps them. Plain data. */
export interface Former {
  /** The plan of the run before. */
  readonly plan: Plan
  /** Users may have other sessions though no event of theirs came or went. */
  readonly all: boolean
  /** Parts whose events were there, by their numbers now, in the order that they had then. */
  readonly parts: ReadonlyArray<number>
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

/** A session by its id, and what tells its events. */
interface Known {
  readonly id: string
  readonly events: ReadonlyArray<string>
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

  constructor(former: Former, plan: Plan, context: ComputeContext, voided: ReadonlySet<number>) {
    this.former = former
    this.plan = plan
    this.context = context
    this.voided = voided
    this.ranks = new Map(former.parts.map((part, rank) => [part, rank]))
    this.causes = new Map(former.causes)
  }

  /** Whether events of a part came or went: their users may have other sessions. */
  touches(part: number): boolean {
    return this.former.all || this.causes.has(part)
  }

  /** The changes of the users in a block, whose events are all that were there or are: a table. */
  of({ ends, events }: Block): RecordBatch {
    const places = int64Lanes(events, placeColumn)
    const partOf = (row: number): number => places[2 * row + 1]
    const before = this.sessionsOf(
      this.former.plan,
      withRanks(
        some({ ends, events }, (row) => this.ranks.has(partOf(row))),
        this.ranks
      )
    )
    const after = this.sessionsOf(
      this.plan,
      some({ ends, events }, (row) => !this.voided.has(partOf(row)))
    )
    const names = textView(events, this.plan.validate.user.name)
    const changes: Array<Change> = []
    let from = 0
    for (const end of ends) {
      const code = names.codes[from]
      const user = decoder.decode(names.bytes.slice(names.offsets[code], names.offsets[code + 1]))
      const rows = Array.from({ length: end - from }, (_, i) => from + i)
      const causes = new Set(rows.flatMap((row) => this.causes.get(partOf(row)) ?? []))
      const cause = causes.size === 0 ? "spec" : [...causes].toSorted().join(", ")
      for (const change of compared(before.get(user) ?? [], after.get(user) ?? []))
        changes.push({ user, cause, ...change })
      from = end
    }
    return tableOf(changes)
  }

  /** The sessions of each user. */
  private sessionsOf(plan: Plan, block: Block): ReadonlyMap<string, ReadonlyArray<Known>> {
    const found = new Map<string, Array<Known>>()
    const user = plan.validate.user.name
    if (plan.sessionize === null || block.events.numRows === 0) return found
    const { events, sessions, table } = compute(plan, block, this.context)
    if (sessions === undefined) return found
    const columns = table("sessions", ["session_id", user])
    const ids = textView(columns, "session_id")
    const users = textView(columns, user)
    const keys = int64Lanes(events, plan.sessionize.by === null ? plan.validate.time.name : placeColumn)
    for (let i = 0; i < columns.numRows; i++) {
      const own: Array<string> = []
      for (let at = sessions.starts[i]; at < sessions.starts[i + 1]; at++) {
        const row = sessions.rows[at]
        own.push(`${keys[2 * row + 1]} ${keys[2 * row]}`)
      }
      const name = users.dictionary.get(users.codes[i]) ?? ""
      const known = found.get(name) ?? []
      known.push({ id: ids.dictionary.get(ids.codes[i]) ?? "", events: own })
      found.set(name, known)
    }
    return found
  }
}

/** What became of the ids of one user's sessions. */
const compared = (
  before: ReadonlyArray<Known>,
  after: ReadonlyArray<Known>
): ReadonlyArray<Pick<Change, "from" | "to" | "kind">> => {
  const sessionOf = new Map(after.flatMap(({ events, id }) => events.map((event) => [event, id] as const)))
  const links = before.map(({ events, id }) => ({
    from: id,
    to: new Set(events.flatMap((event) => sessionOf.get(event) ?? []))
  }))
  const formerIds = new Set(before.map(({ id }) => id))
  const ids = new Set(after.map(({ id }) => id))
  const sources = (to: string): number => links.filter((link) => link.to.has(to)).length
  return links.flatMap(({ from, to }): ReadonlyArray<Pick<Change, "from" | "to" | "kind">> => {
    const stays = ids.has(from)
    // Events that went from one session to another, both of which stay, change no id.
    const others = [...to].filter((id) => id !== from && !(stays && formerIds.has(id)))
    if (stays) return others.map((id) => ({ from, to: id, kind: "split" }))
    if (others.length === 0) return [{ from, to: null, kind: "gone" }]
    if (others.length > 1) return others.map((id) => ({ from, to: id, kind: "split" }))
    return [{ from, to: others[0], kind: sources(others[0]) > 1 ? "merged" : "moved" }]
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
