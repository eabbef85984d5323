import { type Former, keptRun, type Part, type PartOfKept, placeColumn, type Plan, type Run } from "@sojourn/core"
import { join } from "node:path"
import type { KnownEvents, StateRuns } from "../threads/crew.ts"
import { openRun, rowsOf, type StoredRun } from "../threads/StoredRun.ts"
import type { KnownRun } from "./StateFile.ts"

type KeptRun = Extract<StoredRun, { readonly kind: "file" }>

/** A run takes in those before it that are not so many times as large: so there are few, and each event moves seldom. */
const growth = 4

/** The number of the first part whose events count no more: far beyond those of the parts that do. */
const firstForgotten = 0x4000_0000

/** A part of an input before a run, by its id. */
export type KnownPart = Part & { readonly id: number }

/** What a state knows of its parts: which were there, in their order, and why parts come or go. */
export interface KnownParts {
  readonly ids: ReadonlyArray<KnownPart>
  /** Why a part is gone, by its id; why one came, by the name of its source. */
  readonly goneFor: (id: number) => string
  readonly cameFor: (source: string) => string
  /** Undefined where the sessions before this run cannot be told any more. */
  readonly former: Pick<Former, "all" | "asOfMicros" | "plan"> | undefined
}

/** The events of a state in the course of a run: what was kept, what was read now, and what is kept of both. */
export class StateEvents implements StateRuns {
  /** Set when the inputs are compared. */
  parts: KnownParts = { ids: [], goneFor: () => "", cameFor: () => "", former: undefined }
  private readonly directory: string
  private readonly known: ReadonlyArray<KnownRun>
  private read: ReadonlyArray<StoredRun> = []
  private voided: ReadonlySet<number> = new Set()
  /** By id, kept or forgotten. */
  private numbers: ReadonlyMap<number, number> = new Map()

  constructor(directory: string, known: ReadonlyArray<KnownRun>) {
    this.directory = directory
    this.known = known
  }

  gathered(
    runs: ReadonlyArray<StoredRun>,
    parts: ReadonlyArray<Part>,
    voided: ReadonlyArray<number>,
    kept: ReadonlyArray<PartOfKept>,
    replayed: ReadonlyArray<Run>
  ): KnownEvents {
    const { cameFor, former, goneFor, ids } = this.parts
    this.read = [...runs]
    this.voided = new Set(voided)
    const numbers = new Map(kept.map(({ id, part }) => [id, part]))
    const causes: Array<readonly [number, string]> = []
    for (const [rank, { id }] of ids.entries()) {
      if (numbers.has(id)) continue
      numbers.set(id, firstForgotten + rank)
      causes.push([firstForgotten + rank, goneFor(id)])
    }
    // Events of earlier runs that counted no more before this one lie in runs still.
    for (const id of this.known.flatMap((run) => run.ids)) {
      if (!numbers.has(id)) numbers.set(id, firstForgotten + numbers.size)
    }
    this.numbers = numbers
    const isKept = new Set(kept.map(({ part }) => part))
    // Numbers of parts have gaps, which `forEach` passes over.
    parts.forEach(({ source }, part) => {
      if (!isKept.has(part)) causes.push([part, cameFor(source)])
    })
    // Records may have been read otherwise then.
    if (former === undefined) return { runs: [], forgotten: [], former }
    return {
      runs: this.known.map((run) => this.opened(run)),
      forgotten: [...numbers.values()].filter((part) => part >= firstForgotten),
      former: {
        ...former,
        parts: ids.map(({ before, id, input, source }) => ({
          before,
          input,
          source,
          part: numbers.get(id) ?? firstForgotten
        })),
        replayed: replayed.flatMap(placesOf),
        causes
      }
    }
  }

  /**
   * The runs that stay as they are, and what the others and the events that were read come to as one. `ids`: of the parts
   * that were read.
   */
  keep(plan: Plan, ids: ReadonlyMap<number, number>) {
    const user = plan.validate.user.name
    const counts = (id: number): boolean => (this.numbers.get(id) ?? firstForgotten) < firstForgotten
    const staying = this.known.filter((run) => run.ids.some(counts))
    const taken: Array<KnownRun> = []
    // What counts no more is left out where it is a part of a run that is written anew.
    let rows = this.read.reduce((sum, run) => sum + rowsOf(run), 0)
    for (let last = staying.at(-1); last !== undefined && rows > 0; last = staying.at(-1)) {
      const own = rowsOfKnown(last)
      if (own > rows * growth) break
      rows += own
      taken.unshift(last)
      staying.pop()
    }
    const runs = [...taken.map((run) => this.opened(run)), ...this.read]
    const idOf = new Map([...[...this.numbers].map(([id, part]) => [part, id] as const), ...ids])
    const voided = new Set([...this.voided, ...[...this.numbers.values()].filter((part) => part >= firstForgotten)])
    if (rows === 0) return { staying, ids: [], pieces: [] }
    const keptIds = [...taken.flatMap((run) => run.ids.filter(counts)), ...ids.values()]
    return {
      staying,
      ids: keptIds,
      pieces: keptRun(
        plan,
        runs.map((run) => openRun(user, run)),
        voided,
        idOf
      )
    }
  }

  private opened({ file, pieces }: KnownRun): KeptRun {
    return {
      kind: "file",
      path: join(this.directory, file),
      pieces: pieces.map(({ lastUser, ...piece }) => ({
        ...piece,
        lastUser: new Uint8Array(Buffer.from(lastUser, "base64"))
      })),
      parts: [...this.numbers]
    }
  }
}

/** The part and the ordinal of each event. */
const placesOf = ({ columns }: Run): ReadonlyArray<readonly [number, number]> => {
  const words = columns.find(({ name }) => name === placeColumn)?.words ?? new Int32Array(0)
  return Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i + 1], words[2 * i] >>> 0])
}

const rowsOfKnown = ({ pieces }: KnownRun): number => pieces.reduce((sum, { rows }) => sum + rows, 0)
