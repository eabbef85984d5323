import { int64At, microsAt, secondsAt } from "../../time/Int64.ts"
import { iso8601 } from "../../time/Iso8601.ts"
import { dateText, instantText } from "../../time/Print.ts"
import { utc } from "../../time/Zone.ts"
import { intervalMicros, intervalText } from "../Interval.ts"
import { jsonOf, tokenText } from "../Json.ts"
import { boolOf, dateOf, doubleOf, integerOf, timestampOf } from "../TextValue.ts"
import type { ValueType } from "../Tree.ts"
import { bools, datesOf, doublesOf, longsOf, makeLongs, maskOf, placesOf, textsOf, type Values } from "../Values.ts"
import { withoutFailed } from "./Arithmetic.ts"
import {
  as,
  type CallContext,
  type Kernel,
  type MakeKernel,
  TextList,
  toBool,
  toDouble,
  toLong,
  toText
} from "./Kernel.ts"
import { readInstants } from "./Instants.ts"
import { bigAt, storeBig, storeWhole } from "./Long.ts"
import { rounded } from "./rounded.ts"
import { dateOfInstant, midnight } from "./TimeFunctions.ts"

/** Makes the kernel of a cast; `cause` is what a value fails with that cannot be cast. */
const castKernel = (context: CallContext, cause: number): Kernel => {
  const [from] = context.types
  const to = context.tree.type
  if (from === "text" && to === "timestamp") return readInstants(iso8601(utc), true, cause)
  if (from === "text" || from === "json") return fromText(from, to, cause)
  switch (to) {
    case "text":
    case "json":
      return printed(from)
    case "bool":
      return truth
    case "int64":
      return from === "double" ? wholeOf(cause) : boolToLong
    case "double":
      return from === "int64" ? longToDouble : boolToDouble
    case "date":
      return dateOfInstant(context)
    case "timestamp":
      return midnight(context)
    case "interval":
    case "list":
      throw new Error(`no cast from ${from} to ${to}`)
  }
}

/** Reads each text; one that cannot be read fails, and null in JSON is null. */
const fromText = (from: "text" | "json", to: ValueType, cause: number): Kernel => {
  return (inputs, rows) => {
    const { codes, mask, texts } = as(inputs[0], "text")
    const places = placesOf(rows, mask)
    const valid = new Uint8Array(places)
    const sink = sinks[to](places)
    let failed: Int32Array | undefined
    for (let i = 0; i < places; i++) {
      const token = codes[i] < 0 ? undefined : texts.text(codes[i])
      const text = token === undefined || from === "text" || to === "json" ? token : tokenText(token)
      if (text === undefined) continue
      if (sink.set(i, text)) valid[i] = 1
      else {
        failed ??= new Int32Array(places)
        failed[i] = cause
      }
    }
    return { ...sink.values(mask, valid), failed }
  }
}

/** A column that is filled from texts; false where the text is no value of the type. */
interface Sink {
  readonly set: (place: number, text: string) => boolean
  readonly values: (mask: 0 | -1, valid: Uint8Array) => Values
}

const textSink =
  (read: (text: string) => string | undefined) =>
  (places: number): Sink => {
    const codes = new Int32Array(places).fill(-1)
    const list = new TextList()
    return {
      set: (place, token) => {
        const text = read(token)
        if (text !== undefined) codes[place] = list.code(text)
        return text !== undefined
      },
      values: (mask) => textsOf(codes, list.texts(), mask)
    }
  }

const longSink =
  (read: (text: string) => bigint | undefined) =>
  (places: number): Sink => {
    const longs = makeLongs(places)
    return {
      set: (place, text) => {
        const value = read(text)
        return value !== undefined && storeBig(longs, place, value)
      },
      values: (mask, valid) => longsOf(longs, mask, valid)
    }
  }

/** Integers that a double holds. */
const shortInteger = /^-?\d{1,15}$/

const sinks: Readonly<Record<ValueType, (places: number) => Sink>> = {
  text: textSink((text) => text),
  json: textSink(jsonOf),
  int64: (places) => {
    const longs = makeLongs(places)
    return {
      set: (place, text) => {
        if (shortInteger.test(text)) return storeWhole(longs, place, Number(text))
        const value = integerOf(text)
        return value !== undefined && storeBig(longs, place, value)
      },
      values: (mask, valid) => longsOf(longs, mask, valid)
    }
  },
  timestamp: longSink(timestampOf),
  interval: longSink((text) => {
    const micros = intervalMicros(text)
    return micros === undefined ? undefined : BigInt(micros)
  }),
  double: (places) => {
    const doubles = new Float64Array(places)
    return {
      set: (place, text) => {
        const value = doubleOf(text)
        doubles[place] = value ?? 0
        return value !== undefined
      },
      values: (mask, valid) => doublesOf(doubles, mask, valid)
    }
  },
  date: (places) => {
    const days = new Int32Array(places)
    return {
      set: (place, text) => {
        const value = dateOf(text)
        days[place] = value ?? 0
        return value !== undefined
      },
      values: (mask, valid) => datesOf(days, mask, valid)
    }
  },
  bool: (places) => {
    const truths = new Uint8Array(places)
    return {
      set: (place, text) => {
        const value = boolOf(text)
        truths[place] = value === true ? 1 : 0
        return value !== undefined
      },
      values: (mask, valid) => bools(truths, mask, valid)
    }
  },
  list: () => {
    throw new Error("no cast to list")
  }
}

const printed = (from: ValueType): Kernel =>
  toText(([value]) => {
    switch (value.kind) {
      case "bool":
        return (row) => (value.truths[row & value.mask] === 1 ? "true" : "false")
      case "double":
        return (row) => String(value.doubles[row & value.mask])
      case "date":
        return (row) => dateText(value.days[row & value.mask])
      default: {
        const { longs, mask } = as(value, "long")
        if (from === "timestamp") return (row) => instantText(secondsAt(longs, row & mask), microsAt(longs, row & mask))
        if (from === "interval") return (row) => intervalText(bigAt(longs, row & mask))
        return (row) => {
          const value = int64At(longs, row & mask)
          return String(Number.isSafeInteger(value) ? value : bigAt(longs, row & mask))
        }
      }
    }
  })

const truth: Kernel = toBool(([value]) => {
  if (value.kind === "double") return (row) => value.doubles[row & value.mask] !== 0
  const { longs, mask } = as(value, "long")
  return (row) => int64At(longs, row & mask) !== 0
})

const longToDouble: Kernel = toDouble(([value]) => {
  const { longs, mask } = as(value, "long")
  return (row) => int64At(longs, row & mask)
})

const boolToLong: Kernel = toLong(([value]) => {
  const { mask, truths } = as(value, "bool")
  return (row) => truths[row & mask]
})

const boolToDouble: Kernel = toDouble(([value]) => {
  const { mask, truths } = as(value, "bool")
  return (row) => truths[row & mask]
})

/** The nearest whole number. */
const wholeOf =
  (cause: number): Kernel =>
  (inputs, rows) => {
    const { doubles, mask, valid } = as(inputs[0], "double")
    const places = placesOf(rows, maskOf(inputs))
    const longs = makeLongs(places)
    let failed: Int32Array | undefined
    for (let i = 0; i < places; i++) {
      if (valid?.[i] === 0 || storeWhole(longs, i, rounded(doubles[i]))) continue
      failed ??= new Int32Array(places)
      failed[i] = cause
    }
    return longsOf(longs, mask, withoutFailed(valid?.slice(), failed), failed)
  }

/** What a value that cannot be cast is, for a person. */
const reasonOf = (from: ValueType, to: ValueType): string => {
  if (from === "double") return "double beyond int64"
  return to === "timestamp" ? "invalid ISO-8601" : `invalid ${to}`
}

const cast: MakeKernel = (context) => castKernel(context, context.cause(reasonOf(context.types[0], context.tree.type)))

/** What cannot be cast is null already: the failure is forgotten. */
const tryCast: MakeKernel = (context) => {
  const kernel = castKernel(context, 1)
  return (inputs, rows) => ({ ...kernel(inputs, rows), failed: undefined })
}

export const casts: Readonly<Record<string, MakeKernel>> = { cast, try_cast: tryCast }
