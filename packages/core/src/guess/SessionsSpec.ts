import * as Result from "effect/Result"
import { stringify } from "yaml"
import { columnText } from "../spec/Column.ts"
import { CannotGuess } from "./CannotGuess.ts"
import { canRefer } from "./EventNames.ts"
import { EventMapping, type Role } from "./EventMapping.ts"
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
  /** Records that could be read. */
  readonly records: number
  /** The sample is all of the input. */
  readonly whole: boolean
  /** Fields that tell users apart in the format of the input, if it has fields of its own. */
  readonly user?: ReadonlyArray<string> | undefined
}

/** One thing that was guessed. */
export interface GuessNote {
  /** The flag that changes it, such as `--user`. */
  readonly flag: string
  /** What was taken, as one would give it to the flag. */
  readonly value: string
  /** What speaks for it, and the next best where it is close. */
  readonly detail: string
}

/** A spec for a job, as text, and what was guessed to get there. */
export interface SessionsSpec {
  readonly text: string
  readonly notes: ReadonlyArray<GuessNote>
}

/** The spec of `sojourn sessions`: what was asked for, with the gaps filled by guessing. `nowSeconds` since 1970. */
export const sessionsSpec = (
  request: SessionsRequest,
  sample: Sample,
  nowSeconds: number
): Result.Result<SessionsSpec, CannotGuess> => {
  try {
    const columns = sample.columns.filter(({ path }) => canRefer(path))
    const mapping = new EventMapping(request, { ...sample, columns }, nowSeconds)
    const spec = specOf(request, mapping)
    return Result.succeed({ text: stringify(spec, { lineWidth: 0 }), notes: mapping.notes })
  } catch (error) {
    if (error instanceof CannotGuess) return Result.fail(error)
    throw error
  }
}

const specOf = (request: SessionsRequest, mapping: EventMapping) => {
  const { names, roles, timeFormat } = mapping
  const mapped = (role: Role) => {
    const path = roles[role]
    return path === undefined ? undefined : names.mapped(path)
  }
  const dedupe = dedupeKey(request, mapping)
  const written = writtenColumns(request, mapping)
  const further = new Set([...written.paths, ...dedupe.paths].filter((path) => !Object.values(roles).includes(path)))
  const user = mapping.userKey ?? []
  return {
    version: 1,
    name: "sessions",
    source: present({
      uri: request.inputs.length === 1 ? request.inputs[0] : request.inputs,
      format: request.format
    }),
    event: present({
      id: mapped("id"),
      user: user.length > 0 ? { as: names.composite(), value: user.map(columnText) } : mapped("user"),
      time: mapped("time"),
      time_format: timeFormat === "iso8601" ? undefined : timeFormat,
      timezone: request.timezone,
      type: mapped("type"),
      columns:
        further.size === 0 ? undefined : fromPairs([...further].map((path) => [names.of(path), columnText(path)]))
    }),
    ...present({ dedupe: dedupe.value }),
    sessions: present({ gap: request.gap, boundary: request.boundary === "merge" ? undefined : request.boundary }),
    ...present({ outputs: outputs(request, written.order) })
  }
}

/** What makes duplicates, in the words of a spec, and the fields that must be mapped for it. */
const dedupeKey = ({ dedupe }: SessionsRequest, mapping: EventMapping) => {
  if (!isList(dedupe)) return { value: dedupe, paths: [] }
  const columns = dedupe.map((name) => mapping.resolve(name, "--dedupe"))
  return { value: columns.map(({ name }) => name), paths: columns.flatMap(({ path }) => path ?? []) }
}

/** The columns that `--events` writes, in order where that was asked for, and the fields that must be mapped for it. */
const writtenColumns = ({ columns, events }: SessionsRequest, mapping: EventMapping) => {
  if (columns === undefined) return { order: undefined, paths: events === undefined ? [] : mapping.leaves() }
  const resolved = columns.map((name) =>
    name === added && !mapping.has(name) ? { name, path: undefined } : mapping.resolve(name, "--columns")
  )
  const order = [...new Set(resolved.map(({ name }) => name))]
  return { order: order.includes(added) ? order : [added, ...order], paths: resolved.flatMap(({ path }) => path ?? []) }
}

/** The column of events that tells their session. */
const added = "session_id"

const outputs = ({ events, out, rejects }: SessionsRequest, order: ReadonlyArray<string> | undefined) => {
  if (events === undefined && out === undefined && rejects === undefined) return undefined
  return present({
    sessions: out === undefined ? undefined : { uri: out },
    events: events === undefined ? undefined : present({ uri: events, columns: order }),
    rejects: rejects === undefined ? undefined : { uri: rejects }
  })
}

const isList = (value: SessionsRequest["dedupe"]): value is ReadonlyArray<string> => Array.isArray(value)

/** The entries that are not undefined. */
const present = (entries: Readonly<Record<string, unknown>>) =>
  fromPairs(Object.entries(entries).filter(([, value]) => value !== undefined))

const fromPairs = (pairs: ReadonlyArray<readonly [string, unknown]>) => Object.fromEntries(pairs)
