import { PluginError, type SystemSource } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Item, itemsOf, requestOf } from "./decodeAll.ts"
import { digestsTell, namesOf } from "./records.ts"
import { holds, type Rule, same } from "./Rule.ts"

/** A system with something to read, and what a source should make of it. */
export interface SourceFixture<Options> {
  readonly name: string
  readonly options: Options
  /** Makes the system; what is made is removed by `close`. */
  readonly open: () => Promise<{
    readonly uri: string
    /** Names of what lies beside the system and is not it: nothing, when nothing is being read. */
    readonly leftovers?: () => Promise<ReadonlyArray<string>>
    readonly close: () => Promise<void>
  }>
  /** All records of all its sources in order, each with all its fields as texts. */
  readonly records: ReadonlyArray<Readonly<Record<string, string | null>>>
  /** A uri of the kind where nothing is. */
  readonly missing: string
}

export interface SourceSubject<Options> {
  readonly source: SystemSource<Options>
  readonly fixture: SourceFixture<Options>
}

/** What every source must do with every fixture. */
export const sourceRules = <Options>(): ReadonlyArray<Rule<SourceSubject<Options>>> => [
  {
    name: "gives the records that the fixture names",
    check: async (subject) => {
      const { items } = await readAll(subject, fieldsOf(subject))
      const fields = fieldsOf(subject)
      same(
        "records",
        items.map(({ values }) => values),
        subject.fixture.records.map((record) => Object.fromEntries(fields.map((name) => [name, record[name] ?? null])))
      )
    }
  },
  {
    name: "numbers the records of each source from 1, and leaves none out",
    check: async (subject) => {
      const { sources } = await readAll(subject, fieldsOf(subject))
      for (const items of sources) {
        same(
          "ordinals",
          items.map(({ event }) => event),
          items.map((_, i) => i + 1)
        )
      }
    }
  },
  {
    name: "gives the same when it is read again",
    check: async (subject) => {
      const one = await readAll(subject, fieldsOf(subject))
      same("a second reading", await readAll(subject, fieldsOf(subject)), one)
    }
  },
  {
    name: "gives the wanted columns, in the order in which they are wanted, and null for what is not there",
    check: async (subject) => {
      const names = fieldsOf(subject)
      for (const wanted of [[], ...names.map((name) => [name]), [...names].reverse(), ["no such field", ...names]]) {
        const { items } = await readAll(subject, wanted)
        same(
          `columns ${wanted.join(", ")}`,
          items.map(({ values }) => Object.entries(values ?? {})),
          subject.fixture.records.map((record) => wanted.map((name) => [name, record[name] ?? null]))
        )
      }
    }
  },
  {
    name: "gives equal records equal digests, and others others",
    check: async (subject) => {
      const { items } = await readAll(subject, fieldsOf(subject), true)
      digestsTell(items)
    }
  },
  {
    name: "stops when nobody reads on, and leaves nothing behind",
    check: (subject) =>
      onSystem(subject, async ({ leftovers, uri }) => {
        for (const most of [0, 1, Infinity]) {
          await Effect.gen(function* () {
            for (const source of yield* subject.source.open(uri, subject.fixture.options)) {
              yield* Stream.runDrain(Stream.take(source.read(requestOf(fieldsOf(subject))), most))
            }
          }).pipe(Effect.scoped, Effect.runPromise)
          same(`left after ${most} batches`, (await leftovers?.()) ?? [], [])
        }
      })
  },
  {
    name: "fails with a PluginError that names what is not there",
    check: async ({ fixture, source }) => {
      const exit = await Effect.gen(function* () {
        for (const one of yield* source.open(fixture.missing, fixture.options))
          yield* Stream.runDrain(one.read(requestOf([])))
      }).pipe(Effect.scoped, Effect.flip, Effect.runPromiseExit)
      holds(exit._tag === "Success", `reading ${fixture.missing} succeeds, or fails with a defect`)
      if (exit._tag !== "Success") return
      holds(exit.value instanceof PluginError, "the error is no PluginError")
      const { message } = exit.value
      holds(message.includes(fixture.missing), `the message does not name ${fixture.missing}: ${message}`)
    }
  }
]

type System = Awaited<ReturnType<SourceFixture<unknown>["open"]>>

const onSystem = async <Options, A>(
  { fixture }: SourceSubject<Options>,
  use: (system: System) => Promise<A>
): Promise<A> => {
  const system = await fixture.open()
  try {
    return await use(system)
  } finally {
    await system.close()
  }
}

interface Read {
  /** Of all sources, one after the other. */
  readonly items: ReadonlyArray<Item>
  readonly sources: ReadonlyArray<ReadonlyArray<Item>>
}

const readAll = <Options>(
  subject: SourceSubject<Options>,
  columns: ReadonlyArray<string>,
  digest = false
): Promise<Read> =>
  onSystem(subject, ({ uri }) =>
    Effect.gen(function* () {
      const sources: Array<ReadonlyArray<Item>> = []
      for (const source of yield* subject.source.open(uri, subject.fixture.options)) {
        const request = requestOf(columns, { digest })
        sources.push(itemsOf(yield* Stream.runCollect(source.read(request)), request))
      }
      return { items: sources.flat(), sources }
    }).pipe(Effect.scoped, Effect.runPromise)
  )

const fieldsOf = <Options>({ fixture }: SourceSubject<Options>): ReadonlyArray<string> => namesOf(fixture.records)
