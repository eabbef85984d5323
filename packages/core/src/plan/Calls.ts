import type { Checked } from "../expression/Check.ts"
import { ofEvents } from "../expression/Functions.ts"
import type { MeasureCall } from "../expression/MeasureCall.ts"
import type { Tree } from "../expression/Tree.ts"
import type { WindowCall } from "../expression/WindowCall.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { mapTime, noTimes } from "./missingTables.ts"
import type { Validate } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { hasTime } from "./Tables.ts"

/** The measures and windows of several expressions over the same rows: equal ones are there once. */
export class Calls {
  readonly measures: Array<MeasureCall> = []
  readonly windows: Array<WindowCall> = []
  private readonly planning: Planning
  private readonly validate: Validate
  /** The rows are events. */
  private readonly areEvents: boolean

  constructor(planning: Planning, validate: Validate, areEvents: boolean) {
    this.planning = planning
    this.validate = validate
    this.areEvents = areEvents
  }

  /** The tree of an expression that names its measures and windows as they are named here. */
  add({ measures, tree, windows }: Checked, path: Path): Tree {
    const names = new Map([
      ...measures.map((call) => [call.name, keep(this.measures, "$m", this.timed(call, path))] as const),
      ...windows.map((call) => [call.name, keep(this.windows, "$w", call)] as const)
    ])
    return renamed(tree, names)
  }

  /** Measures of the time between events get time and user as their first arguments. */
  private timed(call: MeasureCall, path: Path): MeasureCall {
    if (!ofEvents.has(call.measure)) return call
    const { time, user } = this.validate
    if (!hasTime(this.validate)) {
      this.planning.problem(path, `${call.measure} measures times: ${noTimes}`, { hint: mapTime })
    }
    if (!this.areEvents) this.planning.problem(path, `${call.measure} measures events, and the rows here are none`)
    return {
      ...call,
      arguments: [
        { kind: "column", name: time.name, type: "timestamp" },
        { kind: "column", name: user.name, type: "text" },
        ...call.arguments
      ]
    }
  }
}

/** The name of a call among the calls there are, to which it is added if it is new. */
const keep = <A extends { readonly name: string }>(calls: Array<A>, prefix: string, call: A): string => {
  const key = JSON.stringify({ ...call, name: "" })
  const known = calls.find((other) => JSON.stringify({ ...other, name: "" }) === key)
  if (known !== undefined) return known.name
  const name = `${prefix}${calls.length}`
  calls.push({ ...call, name })
  return name
}

const renamed = (tree: Tree, names: ReadonlyMap<string, string>): Tree => {
  if (tree.kind === "column") return { ...tree, name: names.get(tree.name) ?? tree.name }
  return tree.kind === "call" ? { ...tree, arguments: tree.arguments.map((one) => renamed(one, names)) } : tree
}
