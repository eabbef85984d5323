import type { Data, RecordBatch } from "apache-arrow"
import { columnData, int64Lanes, lanes } from "../../arrow/Columns.ts"
import type { Tree } from "../../expression/Tree.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { Rule } from "../../plan/Rule.ts"
import { int64At } from "../../time/Int64.ts"
import { makeValueCodes } from "../ValueCodes.ts"
import { daysInZone } from "./daysInZone.ts"

/** Gives an expression's value for every event. `place`: where it stands in the spec, for errors. */
export type Evaluate = (tree: Tree, place: string) => Data

/** A rule `change`: the column's values as codes, -1 for null; equal codes, equal values. */
export interface Change {
  readonly codes: Int32Array
  /** A value after none in the session cuts as well. */
  readonly fromNull: boolean
}

/**
 * All that the rules of a plan ask of events, worked out for all of them before any session is cut: by row of the
 * events. What is undefined is asked by no rule; a limit that no rule sets is infinite.
 */
export interface RuleColumns {
  /** The given session id, as a code; -1 where there is none. */
  readonly given: Int32Array | undefined
  /** 1 where it holds; so are `end` and `start`. */
  readonly passive: Uint8Array | undefined
  readonly end: Uint8Array | undefined
  readonly start: Uint8Array | undefined
  /** Microseconds for which a session stays open after an event, where they are the same for all. */
  readonly gap: number
  /** The same by row, where an expression says. */
  readonly gaps: Float64Array | undefined
  readonly gapSplits: boolean
  readonly maxDuration: number
  readonly durationSplits: boolean
  readonly maxEvents: number
  readonly changes: ReadonlyArray<Change>
  /** The date of each event. */
  readonly days: Int32Array | undefined
}

type Sessionize = Pick<NonNullable<Plan["sessionize"]>, "by" | "passive" | "rules">

export const ruleColumns = (
  { by, passive, rules }: Sessionize,
  time: string,
  events: RecordBatch,
  evaluate: Evaluate
): RuleColumns => {
  const end = ruleOf(rules, "end")
  const start = ruleOf(rules, "start")
  const gap = ruleOf(rules, "gap")
  const duration = ruleOf(rules, "max_duration")
  const midnight = ruleOf(rules, "midnight")
  const length = gap?.gap ?? forever
  return {
    given: by === null ? undefined : valueCodes(events, by),
    passive: passive === null ? undefined : whereTrue(evaluate(passive, "sessions.passive")),
    end: end && whereTrue(evaluate(end.when, "sessions.end")),
    start: start && whereTrue(evaluate(start.when, "sessions.start")),
    gap: length.kind === "literal" ? atLeastZero(Number(length.value)) : 0,
    gaps: length.kind === "literal" ? undefined : intervals(evaluate(length, "sessions.gap")),
    gapSplits: gap?.boundary === "split",
    maxDuration: duration?.micros ?? Infinity,
    durationSplits: duration?.boundary === "split",
    maxEvents: ruleOf(rules, "max_events")?.count ?? Infinity,
    changes: changeRules(rules).map(({ column, from_null }) => ({
      codes: valueCodes(events, column),
      fromNull: from_null === "split"
    })),
    days: midnight && daysInZone(midnight.timezone, int64Lanes(events, time))
  }
}

const forever: Tree = { kind: "literal", value: Infinity, type: "interval" }

const ruleOf = <Kind extends Rule["rule"]>(rules: ReadonlyArray<Rule>, kind: Kind) =>
  rules.find((one): one is Extract<Rule, { readonly rule: Kind }> => one.rule === kind)

export const changeRules = (rules: ReadonlyArray<Rule>) => rules.filter((one) => one.rule === "change")

/** Values of any column as codes, -1 for null; equal codes, equal values. */
const valueCodes = (events: RecordBatch, name: string): Int32Array => {
  const data = columnData(events, name)
  return makeValueCodes(data.type).codes(data)
}

/** 1 where a predicate is true; false and null are 0. */
const whereTrue = (data: Data): Uint8Array => {
  const { length, nullCount, offset, values } = data
  const flags = new Uint8Array(length)
  for (let row = 0, at = offset; row < length; row++, at++) flags[row] = (values[at >> 3] >> (at & 7)) & 1
  if (nullCount > 0) for (let row = 0; row < length; row++) if (!data.getValid(row)) flags[row] = 0
  return flags
}

/** Intervals in microseconds; one that is null or negative extends nothing. */
const intervals = (data: Data): Float64Array => {
  const words = lanes(data.values)
  const micros = new Float64Array(data.length)
  for (let row = 0; row < micros.length; row++) micros[row] = atLeastZero(int64At(words, row))
  if (data.nullCount > 0) for (let row = 0; row < micros.length; row++) if (!data.getValid(row)) micros[row] = 0
  return micros
}

const atLeastZero = (micros: number): number => (micros > 0 ? micros : 0)
