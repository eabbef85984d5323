import { columnName } from "../spec/Column.ts"
import { didYouMean } from "../text/Nearest.ts"
import { CannotGuess } from "./CannotGuess.ts"
import { EventNames } from "./EventNames.ts"
import { columnNamed, type Guess, guessRoles, timeFormatOf } from "./Guess.ts"
import type { ColumnProfile } from "./Profile.ts"
import type { GuessNote, Sample, SessionsRequest } from "./SessionsSpec.ts"

export type Role = "user" | "time" | "type" | "id"

/** A column as a flag named it: its name among the events, and its field, if it is one field. */
export interface NamedColumn {
  readonly name: string
  readonly path: string | undefined
}

/** Which fields the roles of events have: as asked for, else guessed. Throws {@link CannotGuess}. */
export class EventMapping {
  readonly notes: Array<GuessNote> = []
  readonly roles: Readonly<Record<Role, string | undefined>>
  /** The fields of a key of several columns. */
  readonly userKey: ReadonlyArray<string> | undefined
  readonly timeFormat: string
  readonly names: EventNames
  private readonly request: SessionsRequest
  private readonly sample: Sample
  private readonly nowSeconds: number
  private readonly guess: Guess

  constructor(request: SessionsRequest, sample: Sample, nowSeconds: number) {
    this.request = request
    this.sample = sample
    this.nowSeconds = nowSeconds
    this.guess = guessRoles(sample.columns, nowSeconds)
    const user = this.user()
    this.userKey = user.length > 1 ? user : undefined
    const time = this.time()
    this.timeFormat = this.format(time)
    const type = this.type()
    this.roles = { user: user.length > 1 ? undefined : user[0], time, type, id: this.id() }
    this.names = new EventNames([
      ...sample.columns.map(({ path }) => path),
      ...user,
      time,
      ...(type === undefined ? [] : [type])
    ])
  }

  /** The column that a flag names: a role, else a field. */
  resolve(name: string, flag: string): NamedColumn {
    const role = roleWords.find((word) => word === name)
    const path = role && this.roles[role]
    if (path !== undefined) return { name: this.names.of(path), path }
    if (role === "user") return { name: this.names.composite(), path: undefined }
    if (role !== undefined && !this.has(name)) {
      throw new CannotGuess({
        message: `${flag} names the ${role}, and no column looks like one; there are ${this.columnList()}`,
        hint: role === "id" ? `name columns in ${flag}` : `name it: --${role} COLUMN`
      })
    }
    const known = this.known(name, flag)
    return { name: this.names.of(known), path: known }
  }

  has(path: string): boolean {
    return this.sample.columns.some((column) => column.path === path)
  }

  /** Every field that holds values of its own: an object whose fields are listed does not. */
  leaves(): ReadonlyArray<string> {
    const paths = this.sample.columns.map(({ path }) => path)
    return this.sample.columns
      .filter(
        ({ kind, path }) =>
          kind !== "empty" && !(kind === "object" && paths.some((other) => other.startsWith(`${path}.`)))
      )
      .map(({ path }) => path)
  }

  private user(): ReadonlyArray<string> {
    if (this.request.user !== undefined) return this.request.user.map((name) => this.known(name, "--user"))
    if (this.sample.records === 0) return [this.usual("user", "user_id")]
    const known = this.sample.user?.filter((path) => this.has(path)) ?? []
    if (known.length > 0) {
      this.note("--user", known.join(","), "what this format tells visitors apart by")
      return known
    }
    const { session, uniqueUsers, user } = this.guess
    if (user === undefined) {
      const [unique] = uniqueUsers
      const like = unique === undefined ? "" : `"${unique.path}" is different in nearly every record, like an id; `
      throw new CannotGuess({
        message: `cannot tell which column is the user: ${like}there are ${this.columnList()}`,
        hint: "name it: --user COLUMN, or several: --user ip,agent"
      })
    }
    const { distinct, filled, path } = user.column
    const remarks = [
      `${count(filled, "event")} of ${count(distinct, "user")}`,
      ...uniqueUsers
        .filter((unique) => unique !== user.column)
        .slice(0, 1)
        .map((unique) => `${unique.path} is different in nearly every record, like an id`),
      ...(session === undefined
        ? []
        : [`${session.path} names sessions made elsewhere: --user ${session.path} --gap none keeps those`])
    ]
    this.note("--user", path, remarks.join("; ") + nextBest(user.runnerUp))
    return [path]
  }

  private time(): string {
    if (this.request.time !== undefined) return this.known(this.request.time, "--time")
    if (this.sample.records === 0) return this.usual("time", "event_time")
    const { time, unreadTimes } = this.guess
    if (time !== undefined) {
      this.note(
        "--time",
        time.column.path,
        `by its ${columnNamed([time.column], "time") === undefined ? "values" : "name"}${nextBest(time.runnerUp)}`
      )
      return time.column.path
    }
    const [unread] = unreadTimes
    const like =
      unread === undefined
        ? ""
        : `the values of "${unread.path}", such as "${sampleText(unread)}", read in no known format; `
    throw new CannotGuess({
      message: `cannot tell which column is the time: ${like}there are ${this.columnList()}`,
      hint: "name it: --time COLUMN, and its format: --time-format iso8601, epoch_ms, dd/MM/yyyy HH:mm:ss, …"
    })
  }

  private format(path: string): string {
    const { timeFormat, timezone } = this.request
    const column = this.sample.columns.find((candidate) => candidate.path === path)
    const guess = column === undefined || column.filled === 0 ? undefined : timeFormatOf(column, this.nowSeconds)
    if (timeFormat === undefined && guess?.kind === "ambiguous") {
      throw new CannotGuess({
        message: `the times in "${path}" can be read in two ways: ${guess.formats.join(" or ")}`,
        hint: `choose one: ${guess.formats.map((format) => `--time-format "${format}"`).join(" or ")}`
      })
    }
    if (timeFormat === undefined && guess?.kind === "mixed") {
      const counts = Object.entries(guess.counts).map(([format, times]) => `${times.toLocaleString("en")} ${format}`)
      throw new CannotGuess({
        message: `the times in "${path}" are of several kinds: ${counts.join(", ")}`,
        hint: "keep one: --time-format FORMAT rejects the others; or split the file"
      })
    }
    if (guess?.kind !== "format") return timeFormat ?? "iso8601"
    if (timeFormat === undefined) {
      this.note(
        "--time-format",
        guess.format,
        `${share(guess.parsed, guess.total)} of the values fit${nextReading(guess.format, column?.values ?? [])}`
      )
    }
    if (guess.noZone && timezone === undefined) this.note("--timezone", "UTC", "the times name no zone")
    return timeFormat ?? guess.format
  }

  private type(): string | undefined {
    if (this.request.type !== undefined) return this.known(this.request.type, "--type")
    if (this.sample.records === 0) return columnNamed(this.sample.columns, "type")?.path
    const { type } = this.guess
    if (type === undefined) return undefined
    this.note("--type", type.column.path, `${count(type.column.distinct, "kind")} of event${nextBest(type.runnerUp)}`)
    return type.column.path
  }

  /** An id is taken only when duplicates go by it: mapping it would make it the key. */
  private id(): string | undefined {
    const { dedupe } = this.request
    const isAsked = dedupe === "id" || (Array.isArray(dedupe) && dedupe.includes("id"))
    if (isAsked) {
      const path = this.guess.id?.column.path ?? columnNamed(this.sample.columns, "id")?.path
      if (path !== undefined || dedupe !== "id") return path
      throw new CannotGuess({
        message: `cannot tell which column is the event's id; there are ${this.columnList()}`,
        hint: "name the columns that make an event: --dedupe COLUMN,…"
      })
    }
    const { id } = this.guess
    if (dedupe !== undefined || id === undefined) return undefined
    this.note(
      "--dedupe",
      "id",
      `${id.column.path}: events of a user with the same one are duplicates${nextBest(id.runnerUp)}`
    )
    return id.column.path
  }

  /** Of an input without records, the column that is called so, else the usual name. */
  private usual(role: "user" | "time", name: string): string {
    const path = columnNamed(this.sample.columns, role)?.path ?? name
    this.note(`--${role}`, path, "there is no record to tell")
    return path
  }

  private known(name: string, flag: string): string {
    const paths = this.sample.columns.map(({ path }) => path)
    if (paths.includes(name)) return name
    const inside = paths.filter((path) => columnName(path) === name)
    if (inside.length === 1) return inside[0]
    if (!this.sample.whole || paths.length === 0) return name
    throw new CannotGuess({
      message: `no column "${name}"${didYouMean(name, paths)}; there are ${this.columnList()}`,
      hint: `change ${flag}`
    })
  }

  private columnList(): string {
    const names = this.sample.columns.slice(0, mostListed).map(({ path }) => shown(path))
    return names.length === 0 ? "none" : names.join(", ") + (this.sample.columns.length > mostListed ? ", …" : "")
  }

  private note(flag: string, value: string, detail: string): void {
    this.notes.push({ flag, value, detail })
  }
}

const roleWords: ReadonlyArray<Role> = ["user", "time", "type", "id"]
/** Columns that an error lists. */
const mostListed = 30

const nextBest = (column: ColumnProfile | undefined): string =>
  column === undefined ? "" : `; next best: ${column.path}`

/** The format with day and month the other way round, where no value has a part over 12 that rules it out. */
const nextReading = (format: string, values: ReadonlyArray<Uint8Array>): string => {
  const other = format.replace(/^(dd?)(\W)(MM?)(?!M)|^(MM?)(\W)(dd?)/, "$3$2$1$6$5$4")
  const isOpen = values.every((value) =>
    decoder
      .decode(value)
      .split(/\D+/, 2)
      .every((part) => Number(part) <= 12)
  )
  return other === format || !isOpen ? "" : `; next best: ${other}`
}

const count = (value: number, noun: string): string => `${value.toLocaleString("en")} ${noun}${value === 1 ? "" : "s"}`

const share = (part: number, whole: number): string =>
  part === whole ? "all" : `${Math.floor((100 * part) / whole)} %`

const decoder = new TextDecoder()
const sampleText = ({ values }: ColumnProfile): string => shown(decoder.decode(values[0]))

/** A name or value from the input, fit for a message. */
const shown = (text: string): string => {
  const line = text.replaceAll(/\p{Cc}+/gu, " ")
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}
