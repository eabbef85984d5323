import { eventOrigin } from "@sojourn/core"
import type { Cell } from "../engine/Query.ts"
import type { Columns } from "./Columns.ts"
import type { RunTables } from "./RunTables.ts"

/** The events that removed duplicates repeat. */
export class Repeated {
  private readonly events: Columns
  private readonly duplicates: Columns
  private rows: ReadonlyMap<string, number> | undefined

  constructor({ duplicates, events }: Pick<RunTables, "duplicates" | "events">) {
    this.events = events
    this.duplicates = duplicates
  }

  /** What the event that a duplicate repeats has otherwise; nothing where it is not known, as in runs of a server. */
  of(duplicate: number): ReadonlyArray<readonly [name: string, value: Cell]> {
    if (this.duplicates.numbers("conflicting")[duplicate] !== 1 || !this.events.has(eventOrigin.event)) return []
    this.rows ??= byOrigin(this.events)
    const place = keyOf(this.duplicates, "first_source", "first_event")
    const event = this.rows.get(place(duplicate))
    if (event === undefined) return []
    const ours = this.duplicates.cells(duplicate)
    const theirs = this.events.cells(event)
    return this.events.described.flatMap(({ name }, column) => {
      const at = this.duplicates.described.findIndex((other) => other.name === name)
      return at < 0 || ours[at] === theirs[column] ? [] : [[name, theirs[column]] as const]
    })
  }
}

const byOrigin = (events: Columns): ReadonlyMap<string, number> => {
  const place = keyOf(events, eventOrigin.source, eventOrigin.event)
  return new Map(Array.from({ length: events.rows }, (_, row) => [place(row), row]))
}

const keyOf = (columns: Columns, source: string, event: string) => {
  const { codes } = columns.text(source)
  const names = Array.from({ length: columns.text(source).size }, (_, code) => columns.text(source).text(code))
  const numbers = columns.numbers(event)
  return (row: number): string => `${numbers[row]} ${names[codes[row]] ?? ""}`
}
