import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { stringify } from "yaml"
import { columnName, columnText } from "../spec/Column.ts"
import { didYouMean } from "../text/Nearest.ts"
import { type Guess, guessRoles, timeFormatOf } from "./Guess.ts"
import type { ColumnProfile } from "./Profile.ts"

/** What a person says of a job without a spec; the rest is guessed from a sample. */
export interface SessionsRequest {
  readonly inputs: ReadonlyArray<string>
  readonly format: Readonly<Record<string, unknown>> | undefined
  readonly user: ReadonlyArray<string> | undefined
  readonly time: string | undefined
  readonly timeFormat: string | undefined
  readonly timezone: string | undefined
  readonly type: string | undefined
  readonly gap: string
  readonly boundary: "merge" | "split"
  /** `id`, `record`, `none`, or columns and roles. */
  readonly dedupe: string | ReadonlyArray<string> | undefined
  /** Columns and roles of the events written out; all that the sample has, unless given. */
  readonly columns: ReadonlyArray<string> | undefined
  readonly out: string | undefined
  readonly events: string | undefined
  readonly rejects: string | undefined
}

/** What the sample showed. */
export interface Sample {
  readonly columns: ReadonlyArray<ColumnProfile>
  /** The sample is all of the input. */
  readonly whole: boolean
}

/** One thing that was guessed, and the flag that changes it. */
export interface GuessNote {
  readonly role: string
  readonly value: string
  readonly detail: string
  readonly flag: string
}

/** A spec for a job, as text, and what was guessed to get there. */
export interface SessionsSpec {
  readonly text: string
  readonly notes: ReadonlyArray<GuessNote>
}

/** The sample does not tell; `message` says what is open and which flags decide. */
export class CannotGuess extends Data.TaggedError("CannotGuess")<{ readonly message: string; readonly hint: string }> {}

/** The spec of `sojourn sessions`: what was asked for, with the gaps filled by guessing. */
export const sessionsSpec = (
  request: SessionsRequest,
  sample: Sample,
  nowSeconds: number
): Result.Result<SessionsSpec, CannotGuess> => {
  try {
    return Result.succeed(new Writer(request, sample, nowSeconds).write())
  } catch (error) {
    if (error instanceof CannotGuess) return Result.fail(error)
    throw error
  }
}

class Writer {
  private readonly request: SessionsRequest
  private readonly sample: Sample
  private readonly nowSeconds: number
  private readonly guess: Guess
  private readonly notes: Array<GuessNote> = []

  constructor(request: SessionsRequest, sample: Sample, nowSeconds: number) {
    this.request = request
    this.sample = sample
    this.nowSeconds = nowSeconds
    this.guess = guessRoles(sample.columns, nowSeconds)
  }

  write(): SessionsSpec {
    const { request } = this
    const user = this.user()
    const time = this.time()
    const type = this.type()
    const id = this.id(request.dedupe)
    const roles: ReadonlyArray<readonly [string, string]> = [
      ...(user.length === 1 ? [["user", user[0]] as const] : []),
      ["time", time.path],
      ...(type === undefined ? [] : [["type", type] as const]),
      ...(id === undefined ? [] : [["id", id] as const])
    ]
    const dedupe = this.dedupe(roles)
    const wanted = this.columns(roles, Array.isArray(dedupe) ? dedupe : [])
    const event = {
      ...(id === undefined ? {} : { id: this.mapped(id, roles) }),
      user: user.length === 1 ? this.mapped(user[0], roles) : { as: "user", value: user.map(columnText) },
      time: this.mapped(time.path, roles),
      ...(time.format === "iso8601" ? {} : { time_format: time.format }),
      ...(request.timezone === undefined ? {} : { timezone: request.timezone }),
      ...(type === undefined ? {} : { type: this.mapped(type, roles) }),
      ...(wanted.columns.length === 0
        ? {}
        : { columns: Object.fromEntries(wanted.columns.map(({ name, path }) => [name, columnText(path)])) })
    }
    const outputs = {
      ...(request.out === undefined ? {} : { sessions: { uri: request.out } }),
      ...(request.events === undefined
        ? {}
        : { events: { uri: request.events, ...(wanted.order === undefined ? {} : { columns: ["session_id", ...wanted.order] }) } }),
      ...(request.rejects === undefined ? {} : { rejects: { uri: request.rejects } })
    }
    const spec = {
      version: 1,
      name: "sessions",
      source: {
        uri: request.inputs.length === 1 ? request.inputs[0] : request.inputs,
        ...(request.format === undefined ? {} : { format: request.format })
      },
      event,
      ...(dedupe === undefined ? {} : { dedupe }),
      sessions: { gap: request.gap, ...(request.boundary === "merge" ? {} : { boundary: request.boundary }) },
      ...(Object.keys(outputs).length === 0 ? {} : { outputs })
    }
    return { text: stringify(spec, { lineWidth: 0, flowCollectionPadding: true }), notes: this.notes }
  }

  private user(): ReadonlyArray<string> {
    if (this.request.user !== undefined) return this.request.user.map((name) => this.known(name, "--user"))
    const { user, uniqueUsers } = this.guess
    if (user === undefined) {
      const unique = uniqueUsers[0]
      throw new CannotGuess({
        message:
          unique === undefined
            ? `cannot tell which column is the user; there are ${this.columnList()}`
            : `cannot tell which column is the user: "${unique.path}" is different in nearly every record, like an id; there are ${this.columnList()}`,
        hint: "name it: --user COLUMN (or several: --user ip,agent)"
      })
    }
    const { distinct, filled } = user.column
    this.note("user", user.column.path, `${filled.toLocaleString("en")} events of ${distinct.toLocaleString("en")} users`, "--user", user.runnerUp)
    if (this.guess.session !== undefined) {
      this.notes.push({
        role: "note",
        value: this.guess.session.path,
        detail: "looks like a session id made elsewhere; sessions are cut anew",
        flag: "--user to group by it"
      })
    }
    return [user.column.path]
  }

  private time(): { readonly path: string; readonly format: string } {
    const { timeFormat } = this.request
    if (this.request.time !== undefined) {
      const path = this.known(this.request.time, "--time")
      return { path, format: timeFormat ?? this.formatOf(path) }
    }
    const { time } = this.guess
    if (time === undefined) {
      throw new CannotGuess({
        message: `cannot tell which column is the time; there are ${this.columnList()}`,
        hint: "name it: --time COLUMN, and its format: --time-format iso8601, epoch_ms, dd/MM/yyyy HH:mm:ss, …"
      })
    }
    const { path } = time.column
    const format = timeFormat ?? this.formatOf(path)
    const kind = time.format
    const zone = kind.kind === "format" && kind.noZone ? `, no zone: taken as ${this.request.timezone ?? "UTC (--timezone)"}` : ""
    this.note("time", path, `${format}${zone}`, "--time, --time-format", time.runnerUp)
    return { path, format }
  }

  private formatOf(path: string): string {
    const column = this.sample.columns.find((candidate) => candidate.path === path)
    if (column === undefined) return "iso8601"
    const guess = timeFormatOf(column, this.nowSeconds)
    if (guess.kind === "format") return guess.format
    if (guess.kind === "ambiguous") {
      throw new CannotGuess({
        message: `the times in "${path}" can be read in two ways: ${guess.formats.join(" or ")}`,
        hint: `choose one: ${guess.formats.map((format) => `--time-format "${format}"`).join(" or ")}`
      })
    }
    if (guess.kind === "mixed") {
      const counts = Object.entries(guess.counts).map(([format, count]) => `${count} ${format}`)
      throw new CannotGuess({
        message: `the times in "${path}" are of several kinds: ${counts.join(", ")}`,
        hint: "keep one: --time-format FORMAT rejects the others; or split the file"
      })
    }
    return "iso8601"
  }

  private type(): string | undefined {
    if (this.request.type !== undefined) return this.known(this.request.type, "--type")
    const { type } = this.guess
    if (type !== undefined) {
      const { distinct } = type.column
      this.note("type", type.column.path, `${distinct} ${distinct === 1 ? "kind" : "kinds"} of event`, "--type", type.runnerUp)
    }
    return type?.column.path
  }

  /** An id is taken only when duplicates go by it: mapping it would make it the key. */
  private id(dedupe: SessionsRequest["dedupe"]): string | undefined {
    const wanted = dedupe === "id" || (Array.isArray(dedupe) && dedupe.includes("id"))
    const { id } = this.guess
    if (dedupe !== undefined && !wanted) return undefined
    if (id === undefined) {
      if (!wanted) return undefined
      throw new CannotGuess({
        message: `cannot tell which column is the event's id; there are ${this.columnList()}`,
        hint: "name the columns that make an event: --dedupe COLUMN,…"
      })
    }
    this.note("id", id.column.path, "duplicates are events of a user with the same id", "--dedupe", id.runnerUp)
    return id.column.path
  }

  private dedupe(roles: ReadonlyArray<readonly [string, string]>) {
    const { dedupe } = this.request
    if (dedupe === undefined || typeof dedupe === "string") return dedupe
    return dedupe.map((name) => (roleWords.includes(name) ? name : this.nameOf(this.known(name, "--dedupe"), roles)))
  }

  /** Columns besides the roles, and the order of the events' columns if one was asked for. */
  private columns(roles: ReadonlyArray<readonly [string, string]>, dedupe: ReadonlyArray<string>) {
    const { columns, events } = this.request
    const isRole = (path: string) => roles.some(([, other]) => other === path)
    const asked =
      columns?.map((name) => roles.find(([role]) => role === name)?.[1] ?? this.known(name, "--columns")) ??
      (events === undefined ? [] : this.sample.columns.filter(({ kind }) => kind !== "empty").map(({ path }) => path))
    const forKey = dedupe.filter((name) => !roleWords.includes(name))
    const paths = [...new Set([...asked, ...this.sample.columns.map(({ path }) => path).filter((path) => forKey.includes(this.nameOf(path, roles)))])]
    return {
      columns: paths.filter((path) => !isRole(path)).map((path) => ({ name: this.nameOf(path, roles), path })),
      order: columns === undefined ? undefined : asked.map((path) => this.nameOf(path, roles))
    }
  }

  /** The last segment of a path where that is the only one of its name, else the whole path. */
  private nameOf(path: string, roles: ReadonlyArray<readonly [string, string]>): string {
    const short = columnName(path)
    const paths = new Set([...this.sample.columns.map((column) => column.path), ...roles.map(([, other]) => other)])
    const alike = [...paths].filter((other) => columnName(other) === short)
    return alike.length > 1 || short === "session_id" ? (path === "session_id" ? "source_session_id" : path) : short
  }

  private mapped(path: string, roles: ReadonlyArray<readonly [string, string]>) {
    const name = this.nameOf(path, roles)
    return name === columnName(path) ? columnText(path) : { as: name, value: columnText(path) }
  }

  private known(name: string, flag: string): string {
    const paths = this.sample.columns.map(({ path }) => path)
    if (paths.includes(name) || !this.sample.whole) return name
    throw new CannotGuess({
      message: `no column "${name}"${didYouMean(name, paths)}; there are ${this.columnList()}`,
      hint: `change ${flag}`
    })
  }

  private columnList(): string {
    const paths = this.sample.columns.map(({ path }) => path)
    return paths.length === 0 ? "none" : paths.slice(0, 30).join(", ") + (paths.length > 30 ? ", …" : "")
  }

  private note(role: string, value: string, detail: string, flag: string, runnerUp: ColumnProfile | undefined): void {
    const other = runnerUp === undefined ? "" : `; next best: ${runnerUp.path}`
    this.notes.push({ role, value, detail: detail + other, flag })
  }
}

const roleWords = ["user", "time", "type", "id"]
