import type { RecordBatch } from "apache-arrow"
import { boolColumn, columnData, int64Lanes, recordBatch, textColumn, textView } from "../../arrow/Columns.ts"
import { Interner } from "../../arrow/Interner.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import type { FunnelEntered as Plan } from "../../plan/Funnel.ts"
import type { Validate } from "../../plan/Plan.ts"
import { type Expressions, namedColumn } from "../Expressions.ts"
import { countColumn } from "../measure/Count.ts"
import { selectBatch, selectRows } from "../Rows.ts"
import type { TableState } from "../table/TableState.ts"
import { BestChain } from "./BestChain.ts"

type Condition = ReturnType<Expressions["condition"]>

interface Entered {
  readonly first: number
  readonly chain: Int32Array
}

/** Those who took the first step of a funnel, as they come. Throws `ExpressionFailed`. */
export class FunnelEntered implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly plan: Plan
  private readonly user: string
  private readonly time: string
  private readonly where: Condition | undefined
  private readonly steps: ReadonlyArray<Condition>
  private readonly columns: ReadonlyArray<{
    readonly name: string
    readonly evaluate: ReturnType<Expressions["compile"]>
  }>
  private readonly best: BestChain

  constructor(plan: Plan, { time, user }: Pick<Validate, "time" | "user">, expressions: Expressions) {
    const { columns, steps, where, window } = plan
    const place = `tables.${plan.name.replace(/_entered$/, ".funnel")}`
    this.plan = plan
    this.user = user.name
    this.time = time.name
    const trees = [...(where === null ? [] : [where]), ...[...steps, ...columns].map(({ value }) => value)]
    const own = plan.within === "session" ? [user.name, time.name, "session_id"] : [user.name, time.name]
    this.needs = [...new Set([...own, ...trees.flatMap(columnsOf)])]
    this.where = where === null ? undefined : expressions.condition(where, `${place}.where`)
    this.steps = steps.map(({ name, value }) => expressions.condition(value, `${place}.steps.${name}`))
    this.columns = columns.map(({ name, value }) => ({
      name,
      evaluate: expressions.compile(value, `${place}.columns.${name}`)
    }))
    this.best = new BestChain({ steps: steps.length, window, strict: plan.order === "strict" })
  }

  add(rows: RecordBatch): RecordBatch {
    const all = new Int32Array(rows.numRows)
    const kept = this.where === undefined ? all : this.where(rows, all)
    const masks = new Int32Array(rows.numRows)
    for (const [step, holds] of this.steps.entries()) {
      const held = holds(rows, kept)
      for (let row = 0; row < held.length; row++) if (held[row] === 0) masks[row] |= 1 << step
    }
    return this.table(rows, this.chains(rows, kept, masks))
  }

  finish(): undefined {}

  /** Those who entered, in order of their first steps: the row of that event, and by step a row at its time, or -1. */
  private chains(rows: RecordBatch, kept: Int32Array, masks: Int32Array): ReadonlyArray<Entered> {
    const times = int64Lanes(rows, this.time)
    const found: Array<Entered> = []
    for (const candidates of this.candidates(rows, kept, masks)) {
      if (this.best.search(candidates, masks, times) === 0) continue
      const chain = this.best.rows.slice()
      // The row that a chain has stands for its instant.
      let at = candidates.indexOf(chain[0])
      while ((masks[candidates[at]] & 1) === 0) at++
      found.push({ first: candidates[at], chain })
    }
    return found.sort((a, b) => a.first - b.first)
  }

  /** The rows of each user, or session, that can matter. */
  private *candidates(rows: RecordBatch, kept: Int32Array, masks: Int32Array): Generator<Array<number>> {
    const users = textView(rows, this.user).codes
    const sessions = this.plan.within === "session" ? textView(rows, "session_id").codes : undefined
    const others = this.plan.order === "strict"
    let bySession = new Map<number, Array<number>>()
    for (let row = 0; row < rows.numRows; row++) {
      if (row > 0 && users[row] !== users[row - 1]) {
        yield* bySession.values()
        bySession = new Map()
      }
      const session = sessions === undefined ? 0 : sessions[row]
      if (kept[row] < 0 || session < 0 || (masks[row] === 0 && !others)) continue
      const known = bySession.get(session)
      if (known === undefined) bySession.set(session, [row])
      else known.push(row)
    }
    yield* bySession.values()
  }

  private table(rows: RecordBatch, found: ReadonlyArray<Entered>): RecordBatch {
    const { plan, time, user } = this
    const count = found.length
    const firsts = Int32Array.from(found, ({ first }) => first)
    const depths = Int32Array.from(found, ({ chain }) => chain.filter((row) => row >= 0).length)
    const atStep = (step: number) => Int32Array.from(found, ({ chain }) => chain[step])
    const entered = selectBatch(rows, firsts)
    const ids = plan.within === "session" ? [user, "session_id"] : [user]
    return recordBatch(
      [
        ...ids.map((name) => ({ name, data: selectRows(columnData(rows, name), firsts) })),
        { name: "depth", data: countColumn(Float64Array.from(depths), count) },
        {
          name: "last_step",
          data: textColumn(
            depths.map((depth) => depth - 1),
            namesOf(plan)
          )
        },
        { name: "completed", data: boolColumn(count, (i) => depths[i] === plan.steps.length) },
        ...plan.steps.map(({ name }, step) => ({ name, data: selectRows(columnData(rows, time), atStep(step)) })),
        ...this.columns.map(({ evaluate, name }) => namedColumn(name, evaluate(entered)))
      ],
      count
    )
  }
}

/** The names of the steps as a dictionary. */
const namesOf = ({ steps }: Plan) => {
  const names = new Interner()
  const encoder = new TextEncoder()
  for (const { name } of steps) {
    const bytes = encoder.encode(name)
    names.intern(bytes, 0, bytes.length)
  }
  return names.toVector()
}
