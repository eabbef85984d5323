import { instantText, isUtf8, maxSeconds, minSeconds } from "@sojourn/core"
import type { SchemaElement } from "hyparquet"

/** A value as it stands in a page, before any conversion. */
export type Value = boolean | number | bigint | Uint8Array

/** How the values of a column become text. */
export interface LeafText {
  /** What they are in JSON. */
  readonly kind: "text" | "number" | "boolean"
  /** Undefined: the bytes are no UTF-8 where they should be. */
  readonly print: (value: Value) => string | Uint8Array | undefined
  /** How instants, or times without a zone, count; undefined for other columns. */
  readonly time: LeafTime | undefined
}

export interface LeafTime {
  /** Otherwise the zone is not known. */
  readonly isUtc: boolean
  /** What the values count; `days`: nanoseconds of a day in the Julian calendar, as INT96. */
  readonly unit: "millis" | "micros" | "nanos" | "days"
  /** Microseconds since 1970; undefined: the numbers are just these. */
  readonly toMicros: ((value: bigint) => bigint) | undefined
}

/** For a column by what its schema says. */
export const leafText = (element: SchemaElement): LeafText => {
  const { converted_type: converted, logical_type: logical, type } = element
  if (type === "BOOLEAN") return { kind: "boolean", print: String, time: undefined }
  const time = timestampOf(element)
  if (time !== undefined) {
    const { isUtc, toMicros = same } = time
    const print = (value: Value) => {
      const micros = inYears(toMicros(BigInt(value as bigint | number)))
      return micros === undefined ? String(value) : printMicros(micros, isUtc)
    }
    return { kind: "text", print, time }
  }
  return {
    kind: isNumber(element) ? "number" : "text",
    print: printOf(element, converted, logical, type),
    time: undefined
  }
}

const isNumber = ({ converted_type: converted, logical_type: logical, type }: SchemaElement): boolean => {
  if (converted === "DECIMAL" || logical?.type === "DECIMAL" || logical?.type === "FLOAT16") return true
  if (type === "FLOAT" || type === "DOUBLE") return true
  if (type !== "INT32" && type !== "INT64") return false
  return (
    logical?.type !== "DATE" &&
    logical?.type !== "TIME" &&
    !["DATE", "TIME_MILLIS", "TIME_MICROS"].includes(converted ?? "")
  )
}

const same = (value: bigint): bigint => value

const million = 1_000_000n
const least = BigInt(minSeconds) * million
const most = BigInt(maxSeconds) * million + million - 1n

const inYears = (micros: bigint): bigint | undefined => (micros >= least && micros <= most ? micros : undefined)

const floorDivide = (value: bigint, by: bigint): bigint => value / by - (value < 0n && value % by !== 0n ? 1n : 0n)

const julianEpoch = 2_440_588n
const dayMicros = 86_400n * million

const timestampOf = ({
  converted_type: converted,
  logical_type: logical,
  type
}: SchemaElement): LeafTime | undefined => {
  // Days of the Julian calendar above, nanoseconds of the day below: as Impala and older Sparks write instants.
  if (type === "INT96") {
    const toMicros = (value: bigint) =>
      ((value >> 64n) - julianEpoch) * dayMicros + floorDivide(BigInt.asIntN(64, value), 1000n)
    return { isUtc: true, unit: "days", toMicros }
  }
  if (type !== "INT64") return undefined
  const unit =
    logical?.type === "TIMESTAMP"
      ? logical.unit
      : converted === "TIMESTAMP_MILLIS"
        ? "MILLIS"
        : converted === "TIMESTAMP_MICROS"
          ? "MICROS"
          : undefined
  if (unit === undefined) return undefined
  const isUtc = logical?.type !== "TIMESTAMP" || logical.isAdjustedToUTC
  if (unit === "MILLIS") return { isUtc, unit: "millis", toMicros: (value: bigint) => value * 1000n }
  if (unit === "NANOS") return { isUtc, unit: "nanos", toMicros: (value: bigint) => floorDivide(value, 1000n) }
  return { isUtc, unit: "micros", toMicros: undefined }
}

/** A time without a zone has no `Z`: the spec says in which zone it is. */
const printMicros = (micros: bigint, isUtc: boolean): string => {
  const seconds = floorDivide(micros, million)
  const text = instantText(Number(seconds), Number(micros - seconds * million))
  return isUtc ? text : text.slice(0, -1)
}

const printOf = (
  { scale = 0 }: SchemaElement,
  converted: SchemaElement["converted_type"],
  logical: SchemaElement["logical_type"],
  type: SchemaElement["type"]
): LeafText["print"] => {
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") {
    const places = logical?.type === "DECIMAL" ? logical.scale : scale
    return (value) => decimal(value instanceof Uint8Array ? bigEndian(value) : BigInt(value), places)
  }
  switch (type) {
    case "INT32":
    case "INT64":
      return printInteger(converted, logical)
    case "FLOAT":
      return (value) => shortFloat(Number(value))
    case "BYTE_ARRAY":
      if (isTextual(converted, logical)) return utf8
      return converted === undefined && logical === undefined ? textOrHex : printHex
    case "FIXED_LEN_BYTE_ARRAY":
      if (logical?.type === "UUID") return (value) => uuid(value as Uint8Array)
      if (logical?.type === "FLOAT16") return (value) => String(float16(value as Uint8Array))
      return printHex
    default:
      return String
  }
}

/** Whether what a column holds is text as it stands, if it is UTF-8. */
export const isText = ({ converted_type: converted, logical_type: logical, type }: SchemaElement): boolean =>
  type === "BYTE_ARRAY" && (isTextual(converted, logical) || (converted === undefined && logical === undefined))

const isTextual = (converted: SchemaElement["converted_type"], logical: SchemaElement["logical_type"]): boolean =>
  ["UTF8", "ENUM", "JSON"].includes(converted ?? "") || ["STRING", "ENUM", "JSON"].includes(logical?.type ?? "")

const printInteger = (
  converted: SchemaElement["converted_type"],
  logical: SchemaElement["logical_type"]
): LeafText["print"] => {
  if (converted === "DATE" || logical?.type === "DATE") {
    return (value) => {
      const seconds = Number(value) * 86_400
      return seconds >= minSeconds && seconds <= maxSeconds ? instantText(seconds, 0).slice(0, 10) : String(value)
    }
  }
  const isTime = logical?.type === "TIME" || converted === "TIME_MILLIS" || converted === "TIME_MICROS"
  if (isTime) {
    const unit = logical?.type === "TIME" ? logical.unit : converted === "TIME_MILLIS" ? "MILLIS" : "MICROS"
    const perSecond = unit === "MILLIS" ? 1000n : unit === "MICROS" ? million : 1000n * million
    return (value) => printMicros((BigInt(value as bigint | number) * million) / perSecond, false).slice(11)
  }
  const isUnsigned = logical?.type === "INTEGER" ? !logical.isSigned : converted?.startsWith("UINT_") === true
  if (!isUnsigned) return String
  return (value) => String(typeof value === "bigint" ? BigInt.asUintN(64, value) : Number(value) >>> 0)
}

/** The shortest digits that give the same 32-bit number. */
const shortFloat = (value: number): string => {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

const float16 = (bytes: Uint8Array): number => {
  const bits = bytes[0] | (bytes[1] << 8)
  const sign = bits >> 15 === 1 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024)
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

const bigEndian = (bytes: Uint8Array): bigint => {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

const decimal = (unscaled: bigint, scale: number): string => {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0")
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

const uuid = (bytes: Uint8Array): string => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")

const utf8 = (value: Value): Uint8Array | undefined => {
  const bytes = value as Uint8Array
  return isUtf8(bytes, 0, bytes.length) ? bytes : undefined
}

const printHex = (value: Value): string => hex(value as Uint8Array)

/** Bytes of which nobody says what they are: old writers mean text. */
const textOrHex = (value: Value): string | Uint8Array => utf8(value) ?? hex(value as Uint8Array)
