import {
  isComparable,
  type KeptInput,
  packBatch,
  type Plan,
  PluginError,
  type ReadInput,
  type RunState,
  type SpilledPiece,
  unpackBatch
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { fileError } from "../FileError.ts"
import type { Formats } from "../Formats.ts"
import type { Commit } from "../output/Commit.ts"
import type { FormerFile, FormerFiles } from "../output/PartitionSink.ts"
import { areInPlace } from "../output/Places.ts"
import { schemeOf } from "../Stores.ts"
import { correctionsOf, type RecordFormat, recordFormat } from "./Corrections.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { checkUnchanged, type Input, inputOf, pathWithin } from "./KnownInputs.ts"
import {
  type Call,
  encodeStateFile,
  type Fix,
  type KnownFile,
  type KnownRun,
  readStateFile,
  type Segment,
  type StateFile,
  stateFileName
} from "./StateFile.ts"
import { type KnownParts, StateEvents } from "./StateEvents.ts"
import { readSegment, StateFiles } from "./StateFiles.ts"

/** How a run uses a state. */
export interface StateOptions {
  readonly directory: string
  /** Inputs that are gone are forgotten; otherwise they are an error. */
  readonly prune: boolean
  /** How the run was called. */
  readonly call: Call
  /** Values by field, for rejects of earlier runs in which that field is at fault: see `correctionsOf`. */
  readonly fix?: Readonly<Record<string, string>>
  /** Other versions of Sojourn may read records otherwise. */
  readonly release: string
  readonly bindings: ReadonlyMap<string, string>
  readonly asOfMicros: number
  readonly formats: Formats
  /** The commit of the run. */
  readonly commit: Commit
}

/** Opens a state for one run of a plan. What is kept is replaced together with the outputs of the run. */
export const openState = Effect.fn("openState")(function* (plan: Plan, options: StateOptions) {
  const { commit, directory } = options
  if (schemeOf(directory) !== undefined) {
    return yield* wrong(`a state cannot lie in ${directory}`, "name a local directory")
  }
  const former = yield* readStateFile(directory)
  const files = new StateFiles(directory, former.run + 1, commit, yield* Effect.scope)
  return new State(plan, options, former, files)
})

/** What earlier runs of a plan have read, in the course of a run. */
export class State implements RunState {
  readonly events: StateEvents
  readonly formerFiles: FormerFiles
  private readonly plan: Plan
  private readonly options: StateOptions
  private readonly former: StateFile
  private readonly files: StateFiles
  private readonly divided = new Map<string, ReadonlyArray<FormerFile>>()
  /** By directory of an output the partitions that are written; none of those where all are. */
  private readonly touched = new Map<string, ReadonlySet<string>>()
  private fingerprint = ""
  private inputs: ReadonlyArray<Input> = []
  /** By input. */
  private kept: ReadonlyArray<KnownFile | undefined> = []
  private rejected: ReadonlyArray<Array<Segment>> = []
  private fixes: ReadonlyArray<ReadonlyArray<Fix>> = []
  private readonly recordFormats: Array<RecordFormat> = []
  private used: ReadonlySet<string> = new Set()

  constructor(plan: Plan, options: StateOptions, former: StateFile, files: StateFiles) {
    this.plan = plan
    this.options = options
    this.former = former
    this.files = files
    this.events = new StateEvents(options.directory, former.runs)
    this.formerFiles = {
      of: (directory) =>
        this.formerOf(directory).map(({ bytes, path }) => ({
          bytes,
          path,
          stays: this.touched.get(placeOf(directory))?.has(partitionOf(path)) === false
        })),
      are: (directory, paths) => void this.divided.set(placeOf(directory), paths)
    }
  }

  begin: RunState["begin"] = (sources, lookups) =>
    Effect.gen({ self: this }, function* () {
      const { former, options, plan } = this
      const within = yield* Effect.promise(() => pathWithin(options.directory, sources))
      if (within !== undefined) {
        return yield* wrong(`the input ${within} lies in the state ${options.directory}`, "name another directory")
      }
      const waiting = new Map<string, Array<KnownFile>>()
      for (const file of former.files) waiting.set(file.path, [...(waiting.get(file.path) ?? []), file])
      this.inputs = yield* Effect.forEach(sources, (source) =>
        Effect.tryPromise({
          try: () => inputOf(options.formats, source, waiting.get(source.name)?.shift()),
          catch: (cause) => fileError("read", source.name, cause)
        })
      )
      const gone = [...waiting.values()].flat()
      if (gone.length > 0 && !options.prune) return yield* inputsGone(gone)

      this.fingerprint = fingerprintOf(plan, options, lookups)
      const known = this.inputs.map((input) => input.known)
      // Events in the runs are in the order in which the inputs were.
      const isUsable = former.fingerprint === this.fingerprint && isInOrder(known, former.files)
      this.kept = this.inputs.map(({ change, known }) =>
        isUsable && known !== undefined && change !== "changed" && this.isStillValid(known) ? known : undefined
      )
      this.events.parts = this.knownParts(gone, isUsable)
      this.fixes = this.inputs.map((input) => this.fixesOf(input))
      this.rejected = this.kept.map((known, i) => (this.isReplayed(i) ? [] : [...(known?.rejects ?? [])]))
      return yield* Effect.forEach(this.kept, (known, i) => {
        const { change, known: former } = this.inputs[i]
        // What replaces an input is judged as it was when it was new.
        const isNew = former === undefined || (known !== undefined && change === "grown")
        const before = isNew ? this.lateBefore : former.late_before_micros
        const lateBefore = this.plan.late?.to === "quarantine" ? (before ?? undefined) : undefined
        const kept = known === undefined ? Effect.undefined : this.keptInput(known, i)
        return Effect.map(kept, (kept) => ({ kept, lateBefore }))
      })
    })

  rejects: RunState["rejects"] = (source) =>
    Effect.forEach(this.kept[source]?.rejects ?? [], (segment) =>
      Effect.map(readSegment(this.options.directory, segment), unpackBatch)
    )

  corrections: RunState["corrections"] = (source, rejects, request) =>
    Effect.gen({ self: this }, function* () {
      if (!this.isReplayed(source)) return []
      const { source: file } = this.inputs[source]
      const format = (this.recordFormats[source] ??= yield* Effect.tryPromise({
        try: () => recordFormat(this.options.formats, file),
        catch: (cause) => fileError("read", file.name, cause)
      }))
      return correctionsOf(format, this.fixes[source], rejects, request)
    })

  addRejects: RunState["addRejects"] = (source, rejects) =>
    Effect.map(this.files.write(packBatch(rejects)), (segment) => void this.rejected[source].push(segment))

  replaced: RunState["replaced"] = (touched) =>
    Effect.gen({ self: this }, function* () {
      const { former, plan } = this
      // Another spec may give other rows, and whoever has changed an output wants it to be right again.
      if (former.plan === null || withoutInputs(former.plan) !== withoutInputs(plan)) return []
      return yield* Effect.forEach(plan.write, (write, i) =>
        Effect.gen({ self: this }, function* () {
          const files = this.formerOf(write.uri)
          if (!isComparable(plan, write) || files.length === 0) return undefined
          const staying = files.filter(({ path }) => !touched[i].has(partitionOf(path)))
          if (!(yield* areInPlace(write.uri, staying))) return undefined
          this.touched.set(placeOf(write.uri), touched[i])
          return touched[i]
        })
      )
    })

  addChanges: RunState["addChanges"] = (changes) =>
    changes.numRows === 0
      ? Effect.void
      : this.files.log(`changes-${this.former.run + 1}.jsonl`, this.changesAsJson(changes))

  prepare: RunState["prepare"] = (read, latest) =>
    Effect.gen({ self: this }, function* () {
      const { files, former, inputs, options, plan } = this
      yield* Effect.forEach(inputs, (input) =>
        Effect.tryPromise({
          try: () => checkUnchanged(input),
          catch: (cause) => fileError("read", input.source.name, cause)
        })
      )
      const run = former.run + 1
      let id = former.next_id
      const ids = new Map(read.flatMap(({ parts }) => parts.map(({ part }) => [part, id++] as const)))
      const known = yield* Effect.forEach(read, (one, i) => this.knownFile(i, one, ids))
      yield* files.prepareKept
      const { ids: ofRun, pieces, staying } = this.events.keep(plan, ids)
      const events: KnownRun = { file: `events-${run}.arrows`, ids: ofRun, pieces: [] }
      const placed: Array<KnownRun["pieces"][number]> = []
      yield* files.add(events.file, bytesOf(pieces, placed))
      const next: StateFile = {
        version: 1,
        run,
        fingerprint: this.fingerprint,
        call: options.call,
        as_of_micros: options.asOfMicros,
        latest_micros: latest === undefined ? null : Math.min(latest, options.asOfMicros),
        plan,
        next_id: id,
        files: known,
        runs: placed.length === 0 ? staying : [...staying, { ...events, pieces: placed }],
        outputs: [...this.divided].map(([directory, paths]) => ({ directory, files: paths }))
      }
      const now = yield* readStateFile(options.directory)
      if (now.run !== former.run) return yield* takenOver(options.directory)
      yield* files.add(stateFileName, [new TextEncoder().encode(encodeStateFile(next))])
      this.used = new Set(filesOf(next))
    })

  get commit(): RunState["commit"] {
    return Effect.andThen(
      this.files.put,
      Effect.suspend(() => this.files.removeAllBut(this.used))
    )
  }

  private formerOf(uri: string): ReadonlyArray<FormerFile> {
    return this.former.outputs.find(({ directory }) => directory === placeOf(uri))?.files ?? []
  }

  private changesAsJson(changes: RecordBatch): Uint8Array {
    const encoding = this.options.formats.openEncoding({ name: "json", options: {} }, "changes.jsonl", changes.schema)
    return encoding.encode(changes)
  }

  /** The time before which an event is late that is new. */
  private get lateBefore(): number | undefined {
    const { late } = this.plan
    const { latest_micros } = this.former
    return late === null || latest_micros === null ? undefined : latest_micros - late.older_than_micros
  }

  private knownParts(gone: ReadonlyArray<KnownFile>, isUsable: boolean): KnownParts {
    const { former, inputs, plan } = this
    const changes = new Map(inputs.map(({ change, source }) => [source.name, change]))
    const goneIds = new Set(gone.flatMap(({ parts }) => parts.map(({ id }) => id)))
    const known = former.files.flatMap(({ parts, path }, input) => {
      let before = 0
      return parts.map(({ id, records }) => {
        const part = { id, source: path, input, before }
        before += records
        return part
      })
    })
    const pathOf = new Map(known.map(({ id, source }) => [id, source]))
    // An input that is the same is read again where its times are judged by another as_of.
    const because = (path: string) => `${changes.get(path)?.replace("same", "read again") ?? "gone"} ${path}`
    return {
      ids: known,
      goneFor: (id) => (goneIds.has(id) ? `gone ${pathOf.get(id) ?? ""}` : because(pathOf.get(id) ?? "")),
      cameFor: because,
      former:
        isUsable && former.plan !== null
          ? { plan: former.plan, asOfMicros: former.as_of_micros, all: cuttingOf(former.plan) !== cuttingOf(plan) }
          : undefined
    }
  }

  /** Whether the same would be read now: which times are plausible may depend on the time taken as now. */
  private isStillValid({ counts }: KnownFile): boolean {
    const before = this.former.as_of_micros
    const { asOfMicros } = this.options
    if (this.plan.validate.time_range.to !== null || before === asOfMicros) return true
    const isOutside = counts.times.outside > 0 || counts.rejected.some(({ code }) => code === "time.range")
    return before < asOfMicros && !isOutside
  }

  /** An input's fixes, the one of this run last: they are of use as long as the records are the same. */
  private fixesOf({ continues, known }: Input): ReadonlyArray<Fix> {
    const { fix } = this.options
    if (known === undefined || !continues) return []
    if (fix === undefined || known.counts.rejected.length === 0) return known.fixes
    return [...known.fixes, { values: fix, records: known.counts.records }]
  }

  /** Whether the rejects of an input are run again, or those that are read of it might be. */
  private isReplayed(i: number): boolean {
    return this.fixes[i].length > (this.kept[i]?.fixes.length ?? 0)
  }

  private keptInput({ counts, parts }: KnownFile, i: number): Effect.Effect<KeptInput, PluginError> {
    return Effect.map(
      Effect.forEach(counts.unmatched, ({ events, keys }) =>
        Effect.map(readSegment(this.options.directory, keys), ({ buffer }) => ({
          events,
          keys: new Float64Array(buffer as ArrayBuffer)
        }))
      ),
      (unmatched) => ({
        parts,
        grown: this.inputs[i].change === "grown",
        replayed: this.isReplayed(i),
        counts: { ...counts, unmatched }
      })
    )
  }

  private knownFile(
    i: number,
    { counts, parts }: ReadInput,
    ids: ReadonlyMap<number, number>
  ): Effect.Effect<KnownFile, PluginError> {
    const { bytes, change, content, format, known: former, source } = this.inputs[i]
    const known = this.kept[i]
    if (known !== undefined && change === "same" && !this.isReplayed(i)) return Effect.succeed(known)
    const read = parts.map(({ part, records }) => ({ id: ids.get(part) ?? -1, records }))
    return Effect.map(
      Effect.forEach(counts.unmatched, ({ events, keys }) =>
        Effect.map(this.files.write(new Uint8Array(keys.buffer)), (segment) => ({ events, keys: segment }))
      ),
      (unmatched) => ({
        path: source.name,
        bytes,
        content,
        format,
        fixes: this.fixes[i],
        late_before_micros: (change === "new" ? this.lateBefore : former?.late_before_micros) ?? null,
        parts: [...(known?.parts ?? []), ...read],
        counts: { ...counts, unmatched },
        rejects: this.rejected[i]
      })
    )
  }
}

/** What decides the ids of sessions, besides events. */
const cuttingOf = ({ dedupe, name, order, sessionize }: Plan): string =>
  JSON.stringify({ dedupe, name, order, sessionize: sessionize && { ...sessionize, columns: [], measures: [] } })

/** A plan whatever it reads. */
const withoutInputs = (plan: Plan): string => JSON.stringify({ ...plan, scan: { ...plan.scan, inputs: [] } })

/** The partition of a file, by its path below the directory of an output. */
const partitionOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))

/** Where an output lies, whatever the directory in which the command runs. */
const placeOf = (uri: string): string => (schemeOf(uri) === undefined ? resolve(uri) : uri)

const filesOf = ({ files, runs }: StateFile): ReadonlyArray<string> => [
  ...runs.map(({ file }) => file),
  ...files
    .flatMap(({ counts, rejects }) => [...rejects, ...counts.unmatched.map(({ keys }) => keys)])
    .map(({ file }) => file)
]

/** Whether those that are known stand in the order in which they stood. */
const isInOrder = (known: ReadonlyArray<KnownFile | undefined>, former: ReadonlyArray<KnownFile>): boolean => {
  const places = known.flatMap((file) => (file === undefined ? [] : [former.indexOf(file)]))
  return places.every((place, i) => i === 0 || places[i - 1] < place)
}

/** The bytes of pieces one after the other; where each lies is put into `placed`. */
function* bytesOf(pieces: Iterable<SpilledPiece>, placed: Array<KnownRun["pieces"][number]>): Generator<Uint8Array> {
  let offset = 0
  for (const { bytes, lastUser, rows } of pieces) {
    placed.push({ rows, lastUser: Buffer.from(lastUser).toString("base64"), offset, length: bytes.length })
    offset += bytes.length
    yield bytes
  }
}

const wrong = (message: string, hint: string): PluginError =>
  new PluginError({ plugin: "state", reason: "Config", message, hint })

const inputsGone = (files: ReadonlyArray<KnownFile>): PluginError => {
  const [{ path: first }] = files
  const others = files.length - 1
  const message =
    others === 0 ? `${first} is gone` : `${first} and ${others} other ${others === 1 ? "input" : "inputs"} are gone`
  return new PluginError({
    plugin: "state",
    reason: "NotFound",
    message: `${message}: earlier runs have read ${others === 0 ? "it" : "them"}`,
    hint: "put it back, or run with --prune to take its events out"
  })
}

const takenOver = (directory: string): PluginError =>
  new PluginError({
    plugin: "state",
    reason: "Conflict",
    message: `another run has changed the state ${directory} in the meantime`,
    hint: "nothing was written; run it again"
  })
