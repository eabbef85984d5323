import { forgottenPart, keptRun, type PartOfKept, type Plan } from "@sojourn/core"
import { join } from "node:path"
import type { StateRuns } from "../threads/crew.ts"
import { openRun, rowsOf, type StoredRun } from "../threads/StoredRun.ts"
import type { KnownRun } from "./StateFile.ts"

type KeptRun = Extract<StoredRun, { readonly kind: "file" }>

/** A run takes in those before it that are not so many times as large: so there are few, and each event moves seldom. */
const growth = 4

/** The events of a state in the course of a run: what was kept, what was read now, and what is kept of both. */
export class StateEvents implements StateRuns {
  private readonly directory: string
  private readonly known: ReadonlyArray<KnownRun>
  private read: ReadonlyArray<StoredRun> = []
  private voided: ReadonlySet<number> = new Set()
  private kept: ReadonlyArray<PartOfKept> = []

  constructor(directory: string, known: ReadonlyArray<KnownRun>) {
    this.directory = directory
    this.known = known
  }

  gathered(runs: ReadonlyArray<StoredRun>, voided: ReadonlyArray<number>, kept: ReadonlyArray<PartOfKept>) {
    this.read = [...runs]
    this.voided = new Set(voided)
    this.kept = kept
    const counting = new Set(kept.map(({ id }) => id))
    const used = this.known.filter(({ ids }) => ids.some((id) => counting.has(id)))
    return {
      runs: used.map((run) => this.opened(run)),
      isForgetful: used.some(({ ids }) => ids.some((id) => !counting.has(id)))
    }
  }

  /**
   * The runs that stay as they are, and what the others and the events that were read come to as one. `ids`: of the parts
   * that were read.
   */
  keep(plan: Plan, ids: ReadonlyMap<number, number>) {
    const user = plan.validate.user.name
    const all = new Map([...this.kept.map(({ id, part }) => [part, id] as const), ...ids])
    const counting = new Set(this.kept.map(({ id }) => id))
    const staying = this.known.filter((run) => run.ids.some((id) => counting.has(id)))
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
    const voided = new Set([...this.voided, forgottenPart])
    if (rows === 0) return { staying, ids: [], pieces: [] }
    const keptIds = [...taken.flatMap((run) => run.ids.filter((id) => counting.has(id))), ...ids.values()]
    return {
      staying,
      ids: keptIds,
      pieces: keptRun(
        plan,
        runs.map((run) => openRun(user, run)),
        voided,
        all
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
      parts: this.kept.map(({ id, part }) => [id, part])
    }
  }
}

const rowsOfKnown = ({ pieces }: KnownRun): number => pieces.reduce((sum, { rows }) => sum + rows, 0)
