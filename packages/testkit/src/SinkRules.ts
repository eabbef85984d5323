import { PluginError, type RowGroup, type TableSink } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { holds, type Rule, same } from "./Rule.ts"
import { type SampleRow, sampleRows, sampleTable } from "./sampleTable.ts"

/** A place that a sink writes to, empty at first, and a way to look at it that is not the sink's. */
export interface SinkTarget {
  readonly uri: string
  /** The rows of a table in the order in which they were written, see {@link SampleRow}; undefined if there is none. */
  readonly read: (table: string) => Promise<ReadonlyArray<SampleRow> | undefined>
  /** Names of what lies beside the target and is not it: nothing, when nothing is being written. */
  readonly leftovers?: () => Promise<ReadonlyArray<string>>
  readonly close: () => Promise<void>
}

export interface SinkSubject<Options> {
  readonly sink: TableSink<Options>
  /** Options with which a run replaces what was there. */
  readonly options: Options
  /** A new target. */
  readonly target: () => Promise<SinkTarget>
}

/** What every sink must do. Each rule makes a target of its own. */
export const sinkRules = <Options>(): ReadonlyArray<Rule<SinkSubject<Options>>> => [
  {
    name: "gives back what it took: a value of every type, and null",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const token = await prepared(subject, target, "sessions", [sampleTable(0, 20), sampleTable(20, 60)])
        await commit(subject, target, [token])
        same("rows", await target.read("sessions"), sampleRows(0, 60))
        await nothingBeside(target)
      })
  },
  {
    name: "makes a table without rows, too",
    check: (subject) =>
      onTarget(subject, async (target) => {
        await commit(subject, target, [await prepared(subject, target, "sessions", [])])
        same("rows", await target.read("sessions"), [])
      })
  },
  {
    name: "makes the same of rows that its packer has packed, if it has one",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const { packer } = subject.sink
        await packer?.load()
        const token = await staged(subject, target, "sessions", (table) =>
          Effect.gen(function* () {
            const { groups } = table
            holds((groups === undefined) === (packer === undefined), "a packer and tables with groups need each other")
            const all: Array<RowGroup> = []
            for (const batch of [sampleTable(0, 20), sampleTable(20, 60)]) {
              if (groups === undefined) yield* table.write(batch)
              else all.push(...(yield* groups.add(batch)))
            }
            if (groups !== undefined) all.push(...(yield* groups.rest))
            // In another order than that in which they are written.
            const packed = all.toReversed().map(({ rows }) => packer?.pack(rows) ?? rows)
            for (const [i, group] of all.entries()) yield* group.write(packed[packed.length - 1 - i])
            return yield* table.prepare
          })
        )
        await commit(subject, target, [token])
        same("rows", await target.read("sessions"), sampleRows(0, 60))
        await nothingBeside(target)
      })
  },
  {
    name: "does not keep the memory of a batch that it has written",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const batch = sampleTable(0, 20)
        const token = await prepared(subject, target, "sessions", [batch], () => {
          for (const { values } of batch.data.children) {
            if (values instanceof BigInt64Array) values.fill(7n)
            else (values as Int32Array | Float64Array | undefined)?.fill(0)
          }
        })
        await commit(subject, target, [token])
        same("rows", await target.read("sessions"), sampleRows(0, 20))
      })
  },
  {
    name: "shows nothing before the commit",
    check: (subject) =>
      onTarget(subject, async (target) => {
        await commit(subject, target, [await prepared(subject, target, "sessions", [sampleTable(0, 3)])])
        await prepared(subject, target, "sessions", [sampleTable(3, 9)])
        same("rows", await target.read("sessions"), sampleRows(0, 3))
        await prepared(subject, target, "users", [sampleTable(3, 9)])
        same("another table", await target.read("users"), undefined)
      })
  },
  {
    name: "replaces what a former run has written",
    check: (subject) =>
      onTarget(subject, async (target) => {
        for (const [from, to] of [
          [0, 9],
          [5, 8]
        ]) {
          await commit(subject, target, [await prepared(subject, target, "sessions", [sampleTable(from, to)])])
        }
        same("rows", await target.read("sessions"), sampleRows(5, 8))
      })
  },
  {
    name: "changes nothing when a commit is done again",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const one = await prepared(subject, target, "sessions", [sampleTable(0, 5)])
        const other = await prepared(subject, target, "users", [sampleTable(5, 7)])
        for (let i = 0; i < 3; i++) await commit(subject, target, [one, other])
        same("rows", await target.read("sessions"), sampleRows(0, 5))
        same("rows of the other table", await target.read("users"), sampleRows(5, 7))
        await nothingBeside(target)
      })
  },
  {
    name: "completes a commit that was broken off, when it is done again",
    check: (subject) =>
      onTarget(subject, async (target) => {
        for (const [i, moment] of moments.entries()) {
          const from = i * 10
          const one = await prepared(subject, target, "sessions", [sampleTable(from, from + 4)])
          const other = await prepared(subject, target, "users", [sampleTable(from, from + 2)])
          await brokenOff(subject.sink.commit(target.uri, [one, other]), moment)
          await commit(subject, target, [one, other])
          same(
            `rows, broken off after ${JSON.stringify(moment)}`,
            await target.read("sessions"),
            sampleRows(from, from + 4)
          )
          same("rows of the other table", await target.read("users"), sampleRows(from, from + 2))
        }
        await nothingBeside(target)
      })
  },
  {
    name: "puts all tables of a commit in place, or none",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const good = await prepared(subject, target, "sessions", [sampleTable(0, 5)])
        const gone = await prepared(subject, target, "users", [sampleTable(0, 5)])
        await Effect.runPromise(subject.sink.discard(target.uri, [gone]))
        const exit = await Effect.runPromiseExit(subject.sink.commit(target.uri, [good, gone]))
        holds(exit._tag === "Failure", "a commit of a table that was discarded succeeds")
        same("the other table", await target.read("sessions"), undefined)
      })
  },
  {
    name: "leaves nothing of what is discarded, or not prepared",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const token = await prepared(subject, target, "sessions", [sampleTable(0, 5)])
        for (let i = 0; i < 2; i++) await Effect.runPromise(subject.sink.discard(target.uri, [token]))
        await staged(subject, target, "users", (table) => table.write(sampleTable(0, 5)))
        await nothingBeside(target)
        same("a table", [await target.read("sessions"), await target.read("users")], [undefined, undefined])
      })
  },
  {
    name: "keeps two writers of one table apart: the one that commits last is there, whole",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const tokens: Array<string> = []
        await staged(subject, target, "sessions", (one) =>
          Effect.promise(() =>
            staged(subject, target, "sessions", (other) =>
              Effect.gen(function* () {
                yield* one.write(sampleTable(0, 5))
                yield* other.write(sampleTable(100, 104))
                yield* one.write(sampleTable(5, 9))
                tokens.push(yield* other.prepare, yield* one.prepare)
              })
            )
          )
        )
        for (const token of tokens) await commit(subject, target, [token])
        same("rows", await target.read("sessions"), sampleRows(0, 9))
      })
  },
  {
    name: "fails with a PluginError that says what to do where it cannot write",
    check: (subject) =>
      onTarget(subject, async (target) => {
        const uri = `${target.uri}/below/what/is/no/directory`
        await commit(subject, target, [await prepared(subject, target, "sessions", [sampleTable(0, 1)])])
        const exit = await Effect.runPromiseExit(
          Effect.flip(
            Effect.scoped(
              Effect.gen(function* () {
                const table = yield* subject.sink.stage({ ...targetOf(subject, "sessions"), uri })
                yield* subject.sink.commit(uri, [yield* table.prepare])
              })
            )
          )
        )
        holds(exit._tag === "Success", `writing ${uri} succeeds, or fails with a defect`)
        if (exit._tag !== "Success") return
        holds(exit.value instanceof PluginError, "the error is no PluginError")
        holds(exit.value.message.includes(uri), `the message does not name ${uri}: ${exit.value.message}`)
      })
  }
]

const onTarget = async <Options>(
  { target }: SinkSubject<Options>,
  check: (target: SinkTarget) => Promise<void>
): Promise<void> => {
  const made = await target()
  try {
    await check(made)
  } finally {
    await made.close()
  }
}

const nothingBeside = async ({ leftovers }: SinkTarget) =>
  same("left beside the target", (await leftovers?.()) ?? [], [])

let ids = 0

const targetOf = <Options>({ options }: SinkSubject<Options>, name: string) => ({
  options,
  name,
  schema: sampleTable(0, 0).schema,
  id: `testkit-${ids++}`
})

type Staged<Options> = Effect.Success<ReturnType<TableSink<Options>["stage"]>>

/** Begins a table and closes its scope after some use of it. */
const staged = <Options, A>(
  subject: SinkSubject<Options>,
  { uri }: SinkTarget,
  name: string,
  use: (table: Staged<Options>) => Effect.Effect<A, PluginError>
): Promise<A> =>
  subject.sink.stage({ ...targetOf(subject, name), uri }).pipe(Effect.flatMap(use), Effect.scoped, Effect.runPromise)

/** Writes batches to a table, prepares it, and gives its token: another process, which has only that, could commit it. */
const prepared = <Options>(
  subject: SinkSubject<Options>,
  target: SinkTarget,
  name: string,
  batches: ReadonlyArray<RecordBatch>,
  afterwards: () => void = () => undefined
): Promise<string> =>
  staged(subject, target, name, (table) =>
    Effect.forEach(batches, table.write, { discard: true }).pipe(
      Effect.tap(() => Effect.sync(afterwards)),
      Effect.andThen(table.prepare)
    )
  )

const commit = <Options>({ sink }: SinkSubject<Options>, { uri }: SinkTarget, tokens: ReadonlyArray<string>) =>
  Effect.runPromise(sink.commit(uri, tokens))

/** When a commit is broken off: after so many turns of the event loop, or milliseconds. */
const moments: ReadonlyArray<{ readonly turns: number } | { readonly ms: number }> = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((turns) => ({ turns })),
  ...[1, 2, 4, 8, 16, 32, 64].map((ms) => ({ ms }))
]

const brokenOff = async (effect: Effect.Effect<void, PluginError>, moment: (typeof moments)[number]): Promise<void> => {
  const fiber = Effect.runFork(effect)
  if ("ms" in moment) await new Promise((resolve) => setTimeout(resolve, moment.ms))
  else for (let i = 0; i < moment.turns; i++) await new Promise((resolve) => setImmediate(resolve))
  await Effect.runPromise(Fiber.interrupt(fiber))
}
