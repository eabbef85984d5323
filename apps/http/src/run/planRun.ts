import type { Mapping } from "@sojourn/client"
import {
  distinctProblems,
  durationExpected,
  durationMicros,
  makePlan,
  type Plan,
  type Param,
  PluginError,
  readParams,
  readSpec,
  SpecDocument,
  SpecError,
  sessionsSpec
} from "@sojourn/core"
import {
  fileFormats,
  type FindFiles,
  type FormatChoice,
  inputFiles,
  type InputSample,
  loadPlan,
  sampleInputs,
  tooManyColumns
} from "@sojourn/node"
import * as Effect from "effect/Effect"
import type { Limits } from "../Options.ts"
import { confined } from "./confined.ts"
import { keyOf } from "./explain.ts"
import type { JobInput, JobText } from "./Job.ts"

/** Finds the files of a job, and nothing else: no spec reaches a path or a host that the server was not given. */
export const findJobFiles =
  (input: JobInput): FindFiles =>
  (uri) => {
    if ("uri" in input) return uri === input.uri ? inputFiles(uri) : Effect.fail(notSent(uri))
    const file = input.files.find(({ path }) => path === uri)
    return file === undefined ? Effect.fail(notSent(uri)) : Effect.succeed([file])
  }

const notSent = (uri: string) =>
  new PluginError({
    plugin: "files",
    reason: "NotFound",
    message: `${uri} is not among the files that were sent`,
    hint: "send it with the others, and name it as it is called there"
  })

/** The uris of a job's input. */
export const inputUris = (input: JobInput): ReadonlyArray<string> =>
  "uri" in input ? [input.uri] : input.files.map(({ path }) => path)

/**
 * The plan of a spec over the files of a job: its inputs are those files, and it writes every table that it makes, under
 * the table's name. Fails with a {@link SpecError}.
 */
export const planSpec = Effect.fn("planSpec")(function* (spec: JobText, input: JobInput, limits: Limits) {
  yield* refusePlugins(spec.file, spec.text)
  const params = yield* Effect.fromResult(readParams(spec.file, spec.text))
  const plan = yield* loadPlan(spec, { params: { ...standIns(params), ...spec.params }, env: spec.environment })
  yield* checkEnrich(spec.file, spec.text, plan, input)
  yield* refuseSystems(spec.file, spec.text, plan)
  if (plan.scan.columns.length > limits.columns) return yield* tooManyColumns(plan.scan.columns.length, limits.columns)
  return { plan: confined(plan, inputUris(input), limits), shown: shownColumns(plan) }
})

/** The columns that the spec itself wants of a table: what a reader gets of it who asks for none. */
const shownColumns = ({ write }: Plan): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(write.map(({ columns, table }) => [table, columns]))

/** A module that a spec names would be run here. */
const refusePlugins = (file: string, text: string): Effect.Effect<void, SpecError> =>
  Effect.suspend(() => {
    const document = SpecDocument.parse(file, text)
    const { value } = document
    if (typeof value !== "object" || value === null || !("plugins" in value)) return Effect.void
    const problem = document.problem(["plugins"], "the server loads no plugins", {
      key: true,
      hint: "run this spec with the command"
    })
    return Effect.fail(new SpecError({ file, problems: [problem] }))
  }).pipe(Effect.catchDefect((error) => (error instanceof SpecError ? Effect.fail(error) : Effect.die(error))))

/** What is no format of files, such as a database, reaches what it likes, whatever files it is given. */
const refuseSystems = (file: string, text: string, plan: Plan): Effect.Effect<void, SpecError> => {
  const document = SpecDocument.parse(file, text)
  const places: ReadonlyArray<readonly [FormatChoice | null, ReadonlyArray<string>]> = [
    ...plan.scan.inputs.map(
      ({ format, source }) => [format, [...(source === null ? ["source"] : ["sources", source]), "format"]] as const
    ),
    ...plan.validate.enrich.map(({ input: { format }, name }) => [format, ["event", "enrich", name, "source"]] as const)
  ]
  const problems = places.flatMap(([format, place]) =>
    isOfFiles(format) ? [] : [document.problem(place, `the server reads files only, and not ${format?.name}`)]
  )
  return problems.length === 0
    ? Effect.void
    : Effect.fail(new SpecError({ file, problems: distinctProblems(problems) }))
}

const isOfFiles = (format: FormatChoice | null): boolean =>
  format === null || fileFormats.problem("read", format) === undefined

/** Where a spec asks for a path, the files of the job are read and the results are kept. */
export const standIns = (params: Readonly<Record<string, Param>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, { default: value, optional, type }]) =>
      type === "path" && value === undefined && !optional ? [[name, `${name}.csv`]] : []
    )
  )

/** The files that a spec joins to events must have been sent. */
const checkEnrich = (file: string, text: string, plan: Plan, input: JobInput): Effect.Effect<void, SpecError> => {
  const sent = inputUris(input)
  const document = SpecDocument.parse(file, text)
  const problems = plan.validate.enrich
    .filter(({ input: { uri } }) => !sent.includes(uri))
    .map(({ input: { uri }, name }) =>
      document.problem(["event", "enrich", name, "source"], `${uri} is not among the files that were sent`, {
        hint: `there is ${sent.join(", ")}`
      })
    )
  return problems.length === 0 ? Effect.void : Effect.fail(new SpecError({ file, problems }))
}

/** Samples the files of a job. Fails where they have too many columns. */
export const sampleFiles = Effect.fn("sampleFiles")(function* (input: JobInput, mapping: Mapping, limits: Limits) {
  const { name, ...options } = mapping.format ?? { name: undefined }
  const format = name === undefined ? null : { name, options }
  if (format !== null) yield* checkFormat(format)
  return yield* sampleInputs(inputUris(input), format, {
    findFiles: findJobFiles(input),
    mostColumns: limits.columns
  })
})

/** The spec that a mapping and a sample lead to, and what was guessed. Fails with `CannotGuess` or a {@link SpecError}. */
export const guessSpec = Effect.fn("guessSpec")(function* (
  input: JobInput,
  mapping: Mapping,
  sample: InputSample,
  nowMicros: number
) {
  yield* checkMapping(mapping, sample)
  const { text, notes } = yield* Effect.fromResult(
    sessionsSpec(
      {
        inputs: inputUris(input),
        format: mapping.format,
        user: mapping.user,
        time: mapping.time,
        timeFormat: mapping.time_format,
        timezone: mapping.timezone,
        type: mapping.type,
        gap: mapping.gap ?? "30m",
        boundary: mapping.boundary ?? "merge",
        dedupe: mapping.dedupe,
        columns: mapping.columns,
        out: "sessions.csv",
        events: "events.csv",
        rejects: "rejects.csv"
      },
      sample,
      nowMicros / 1e6
    )
  )
  // What is wrong with a value of the mapping, such as a zone, shows in the spec.
  yield* Effect.fromResult(readSpec("mapping", text, { params: {}, env: {} })).pipe(
    Effect.flatMap((read) => Effect.fromResult(makePlan(read)))
  )
  return { text, guess: notes.map(({ detail, flag, value }) => ({ key: keyOf(flag), value, detail })) }
})

const checkMapping = ({ gap = "30m" }: Mapping, { headerless }: InputSample): Effect.Effect<void, PluginError> => {
  if (gap !== "none" && durationMicros(gap) === undefined) {
    return mappingError(`gap: expected none or ${durationExpected}, found "${gap}"`)
  }
  if (headerless === undefined) return Effect.void
  return mappingError(
    `the first row of ${headerless.path} looks like data, not like names: ${headerless.firstRow.slice(0, 6).join(", ").slice(0, 300)}`,
    'say what it is: format {"name": "csv", "header": "none"} (the columns are then c1, c2, …), a list of names, or "first" if these are the names'
  )
}

const checkFormat = (format: FormatChoice): Effect.Effect<void, PluginError> => {
  const problem = fileFormats.problem("read", format)
  if (problem === undefined) return Effect.void
  if ("name" in problem) return mappingError(`format: ${problem.name}`)
  return mappingError(problem.options.map(({ message, path }) => `format.${path.join(".")}: ${message}`).join("; "))
}

const mappingError = (message: string, hint?: string) =>
  Effect.fail(
    new PluginError({ plugin: "mapping", reason: "Config", message, ...(hint === undefined ? {} : { hint }) })
  )
