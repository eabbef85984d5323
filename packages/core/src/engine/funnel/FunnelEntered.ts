import type { RecordBatch } from "apache-arrow"
import { boolColumn, columnData, int64Lanes, recordBatch, textColumn, textView } from "../../arrow/Columns.ts"
import { Interner } from "../../arrow/Interner.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import type { FunnelEntered as Plan } from "../../plan/Funnel.ts"
import type { Validate } from "../../plan/Plan.ts"
import { type Expressions, namedColumn } from "../Expressions.ts"
import { countColumn } from "../measure/Count.ts"
import { selectBatch, selectRows } from "../Rows.ts"
import type { TableOfUsers } from "../table/TableOfUsers.ts"
import { BestChain } from "./BestChain.ts"

type Condition = ReturnType<Expressions["condition"]>

/** Those who entered, in order of their first steps. */
interface Entered {
  /** The row of the event of the first step. */
  readonly firsts: Int32Array
  readonly depths: Int32Array
  /** By step: a row at its time, or -1. */
  readonly steps: ReadonlyArray<Int32Array>
}

/** Those who took the first step of a funnel. Throws `ExpressionFailed`. */
export class FunnelEntered implements TableOfUsers {
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

  of(rows: RecordBatch): RecordBatch {
    const all = new Int32Array(rows.numRows)
    const kept = this.where === undefined ? all : this.where(rows, all)
    const masks = new Int32Array(rows.numRows)
    for (const [step, holds] of this.steps.entries()) {
      const held = holds(rows, kept)
      for (let row = 0; row < held.length; row++) if (held[row] === 0) masks[row] |= 1 << step
    }
    return this.table(rows, this.chains(rows, kept, masks))
  }

  private chains(rows: RecordBatch, kept: Int32Array, masks: Int32Array): Entered {
    const times = int64Lanes(rows, this.time)
    const { ends, rows: grouped } = this.grouped(rows, kept, masks)
    const size = this.plan.steps.length
    const groups = ends.length
    const firsts = new Int32Array(groups)
    const depths = new Int32Array(groups)
    const chains = new Int32Array(groups * size)
    let count = 0
    for (let group = 0, from = 0; group < groups; from = ends[group++]) {
      const candidates = grouped.subarray(from, ends[group])
      const depth = this.best.search(candidates, masks, times)
      if (depth === 0) continue
      depths[count] = depth
      chains.set(this.best.rows, count * size)
      // The row that a chain has stands for its instant.
      let at = candidates.indexOf(this.best.rows[0])
      while ((masks[candidates[at]] & 1) === 0) at++
      firsts[count++] = candidates[at]
    }
    const order = ascending(firsts.subarray(0, count))
    return {
      firsts: order.map((i) => firsts[i]),
      depths: order.map((i) => depths[i]),
      steps: this.plan.steps.map((_, step) => order.map((i) => chains[i * size + step]))
    }
  }

  /** The rows that can matter, those of each user, or session, together; and where each of these groups ends. */
  private grouped(rows: RecordBatch, kept: Int32Array, masks: Int32Array) {
    const others = this.plan.order === "strict"
    const [groupOf, groups] = this.plan.within === "session" ? sessionsOf(rows) : usersOf(rows, this.user)
    const matters = (row: number) => kept[row] >= 0 && groupOf[row] >= 0 && (masks[row] !== 0 || others)
    const ends = new Int32Array(groups)
    for (let row = 0; row < rows.numRows; row++) if (matters(row)) ends[groupOf[row]]++
    let count = 0
    for (let group = 0; group < groups; group++) {
      const own = ends[group]
      ends[group] = count
      count += own
    }
    const grouped = new Int32Array(count)
    for (let row = 0; row < rows.numRows; row++) if (matters(row)) grouped[ends[groupOf[row]]++] = row
    return { rows: grouped, ends }
  }

  private table(rows: RecordBatch, { depths, firsts, steps }: Entered): RecordBatch {
    const { plan, time, user } = this
    const count = firsts.length
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
        ...plan.steps.map(({ name }, step) => ({ name, data: selectRows(columnData(rows, time), steps[step]) })),
        ...this.columns.map(({ evaluate, name }) => namedColumn(name, evaluate(entered)))
      ],
      count
    )
  }
}

/** The places of numbers in their order. */
const ascending = (numbers: Int32Array): Int32Array => {
  const order = Int32Array.from(numbers.keys())
  return numbers.some((number, i) => i > 0 && number < numbers[i - 1])
    ? order.sort((a, b) => numbers[a] - numbers[b])
    : order
}

/** By row the session that it is in, which is one user's, or -1; and how many there are. */
const sessionsOf = (rows: RecordBatch): readonly [Int32Array, number] => {
  const { codes, size } = textView(rows, "session_id")
  return [codes, size]
}

/** By row the number of its user, and how many there are. */
const usersOf = (rows: RecordBatch, name: string): readonly [Int32Array, number] => {
  const { codes } = textView(rows, name)
  const numbers = new Int32Array(codes.length)
  let users = 0
  for (let row = 0; row < codes.length; row++) {
    if (row === 0 || codes[row] !== codes[row - 1]) users++
    numbers[row] = users - 1
  }
  return [numbers, users]
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
