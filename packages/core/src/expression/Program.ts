import type { RecordBatch } from "apache-arrow"
import { makeZone, UnknownZone } from "../time/Zone.ts"
import { readColumn } from "./Input.ts"
import { byValue } from "./kernel/byValue.ts"
import type { Kernel } from "./kernel/Kernel.ts"
import { storeBig } from "./kernel/Long.ts"
import { kernels, lazy } from "./kernel/kernels.ts"
import { isNull } from "./Part.ts"
import { Texts } from "./Texts.ts"
import type { Tree } from "./Tree.ts"
import { columnsOf } from "./TreeNames.ts"
import {
  anyFailed,
  bools,
  datesOf,
  doublesOf,
  kindOf,
  longsOf,
  makeLongs,
  placesOf,
  textsOf,
  type Values
} from "./Values.ts"

/** Why a value could not be computed. */
export interface Cause {
  readonly reason: string
  /** The first source column inside the part that failed. */
  readonly column: string | null
}

/** A part of an expression, ready to run. Equal parts are one. */
export interface Step {
  /** Columns and literals need the batch only. */
  readonly run: (inputs: ReadonlyArray<Values>, batch: RecordBatch) => Values
  readonly inputs: ReadonlyArray<number>
  /** The inputs that no later step needs. */
  readonly last: ReadonlyArray<number>
}

/** The steps of a tree, inputs before what needs them; the last is the whole. */
export interface Program {
  readonly steps: ReadonlyArray<Step>
  /** By number, from 1. */
  readonly causes: ReadonlyArray<Cause>
}

/** Compiles a tree. An unknown zone, function or parameter is a defect of the caller. */
export const compileProgram = (tree: Tree, bindings: ReadonlyMap<string, string>, timezone: string): Program => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const steps: Array<Omit<Step, "last">> = []
  const causes: Array<Cause> = []
  const known = new Map<string, number>()

  const share = (key: string, make: () => Omit<Step, "last">): number => {
    let number = known.get(key)
    if (number === undefined) {
      number = steps.push(make()) - 1
      known.set(key, number)
    }
    return number
  }

  const stepOf = (part: Tree): number => {
    switch (part.kind) {
      case "column":
        return share(`column ${part.type} ${part.name}`, () => ({
          inputs: [],
          run: (_, batch) => readColumn(batch, part.name, part.type)
        }))
      case "literal":
      case "binding": {
        const values = part.kind === "literal" ? constant(part) : text(boundValue(bindings, part.name))
        const key = part.kind === "literal" ? `literal ${part.type} ${String(part.value)}` : `binding ${part.name}`
        return share(part.kind === "literal" && isNull(part) ? `null ${part.type}` : key, () => ({
          inputs: [],
          run: () => values
        }))
      }
      case "call": {
        const inputs = part.arguments.map(stepOf)
        return share(`call ${part.function} ${part.type} ${inputs.join(" ")}`, () => ({
          inputs,
          run: runner(kernelOf(part))
        }))
      }
    }
  }

  const kernelOf = (part: Tree & { readonly kind: "call" }): Kernel => {
    const make = kernels.get(part.function)
    if (make === undefined) throw new Error(`no function ${part.function}`)
    const kernel = make({
      tree: part,
      types: part.arguments.map((argument) => argument.type),
      zone,
      cause: (reason) => causes.push({ reason, column: columnsOf(part)[0] ?? null }),
      literal: (index) => {
        const argument = part.arguments[index]
        if (argument.kind !== "literal") throw new Error(`argument ${index} of ${part.function} is no literal`)
        return String(argument.value)
      }
    })
    return lazy.has(part.function) ? kernel : strict(byValue(kernel))
  }

  stepOf(tree)
  const lastUse = new Map(steps.flatMap(({ inputs }, number) => inputs.map((input) => [input, number] as const)))
  return {
    steps: steps.map(({ inputs, run }, number) => ({
      inputs,
      run,
      last: inputs.filter((input) => lastUse.get(input) === number)
    })),
    causes
  }
}

const runner =
  (kernel: Kernel): Step["run"] =>
  (inputs, batch) =>
    kernel(inputs, batch.numRows)

/** What any input failed with, the result failed with. */
const strict =
  (kernel: Kernel): Kernel =>
  (inputs, rows) => {
    const values = kernel(inputs, rows)
    if (inputs.every(({ failed }) => failed === undefined)) return values
    return { ...values, failed: anyFailed([...inputs, values], placesOf(rows, values.mask)) }
  }

const boundValue = (bindings: ReadonlyMap<string, string>, name: string): string => {
  const value = bindings.get(name)
  if (value === undefined) throw new Error(`the parameter ${name} has no value`)
  return value
}

const text = (value: string): Values => textsOf(new Int32Array(1), Texts.ofStrings([value.toWellFormed()]), 0)

/** One value for every row. */
const constant = ({ type, value }: Tree & { readonly kind: "literal" }): Values => {
  const valid = value === null ? new Uint8Array(1) : undefined
  switch (kindOf[type]) {
    case "text":
      return value === null ? textsOf(Int32Array.of(-1), Texts.ofStrings([]), 0) : text(String(value))
    case "bool":
      return bools(Uint8Array.of(value === true ? 1 : 0), 0, valid)
    case "double":
      return doublesOf(Float64Array.of(Number(value)), 0, valid)
    case "date":
      return datesOf(Int32Array.of(Number(value)), 0, valid)
    case "long": {
      const longs = makeLongs(1)
      if (value !== null) storeBig(longs, 0, BigInt(value))
      return longsOf(longs, 0, valid)
    }
    case "list":
      throw new Error("there are no literal lists")
  }
}
