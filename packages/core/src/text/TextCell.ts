import { type Data, DataType, DateUnit, type Field, Precision, TimeUnit, type Utf8, type Vector } from "apache-arrow"
import { isJson, lanes } from "../arrow/Columns.ts"
import { PluginError } from "../plugin/PluginError.ts"
import { int64At, microsAt, secondsAt } from "../time/Int64.ts"
import { instantWidth, writeDate, writeInstant } from "../time/Print.ts"
import { ByteWriter } from "./ByteWriter.ts"

/** How a format writes single values. Strings are ASCII. */
export interface CellFormat {
  /** Name of the encoder, for errors. */
  readonly name: string
  readonly null: string
  /** On both sides of an instant or a date. */
  readonly quote: string
  /** Writes the text `bytes[start..end)` with the quotes and escapes that it needs. */
  readonly writeText: (out: ByteWriter, bytes: Uint8Array, start: number, end: number) => void
  /** Writes `bytes[start..end)`, a JSON token; without it such values are texts like others. */
  readonly writeJson?: CellFormat["writeText"]
  /** What stands between the texts of a list, which is then one text; without it a list is a JSON array. */
  readonly listSeparator?: string
}

/** Writes the value of a row that is not null. */
export type WriteCell = (row: number, out: ByteWriter) => void

/** The writer of a column's values for its part in one batch, made anew for each batch. */
export type BindCell = (data: Data) => WriteCell

/** How to write a column by its type. Throws {@link PluginError} for a type that has no form as text. */
export const cellWriter = (field: Field, format: CellFormat): BindCell => {
  const { writeJson } = format
  return writeJson !== undefined && isJson(field)
    ? typedWriter(field, { ...format, writeText: writeJson })
    : typedWriter(field, format)
}

const typedWriter = ({ name, type }: Field, format: CellFormat): BindCell => {
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return dictionaryText(format)
  if (DataType.isUtf8(type)) return plainText(format)
  if (DataType.isInt(type) && type.bitWidth < 64) return integer
  if (DataType.isInt(type) && type.isSigned) return int64
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return double(format)
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MICROSECOND) return instant(format)
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return date(format)
  if (DataType.isBool(type)) return bool
  if (DataType.isDuration(type) && type.unit === TimeUnit.MICROSECOND) return seconds
  if (DataType.isList(type) && DataType.isUtf8(type.valueType)) return list(format)
  throw new PluginError({
    plugin: format.name,
    reason: "Unsupported",
    message: `column ${name} of type ${String(type)} cannot be written as ${format.name}`,
    hint: "leave the column out of the output"
  })
}

/** Each value of a dictionary is quoted and escaped once, when it is first met, even if batches share it. */
const dictionaryText = (format: CellFormat): BindCell => {
  const written = new ByteWriter()
  let dictionary: Vector<Utf8> | undefined
  /** Where the text of a code begins and ends in `written`; the beginning is -1 before it is there. */
  let starts = new Int32Array(0)
  let ends = starts
  return (data) => {
    const codes: Int32Array = data.values
    if (data.dictionary !== dictionary) {
      dictionary = data.dictionary as Vector<Utf8>
      written.length = 0
      starts = new Int32Array(dictionary.length).fill(-1)
      ends = new Int32Array(dictionary.length)
    }
    const writeValue = (code: number) => {
      const { valueOffsets, values } = (dictionary as Vector<Utf8>).data[0]
      starts[code] = written.length
      format.writeText(written, values, valueOffsets[code], valueOffsets[code + 1])
      ends[code] = written.length
    }
    return (row, out) => {
      const code = codes[row]
      if (starts[code] < 0) writeValue(code)
      out.range(written.bytes, starts[code], ends[code])
    }
  }
}

const plainText =
  (format: CellFormat): BindCell =>
  ({ valueOffsets, values }) =>
  (row, out) =>
    format.writeText(out, values, valueOffsets[row], valueOffsets[row + 1])

const integer: BindCell =
  ({ values }) =>
  (row, out) =>
    out.integer(values[row])

const int64: BindCell = ({ values }) => {
  const words = lanes(values)
  return (row, out) => out.int64(words, row)
}

/** There is no text for what is no number: NaN and the infinities are null. */
const double =
  (format: CellFormat): BindCell =>
  ({ values }) =>
  (row, out) =>
    Number.isFinite(values[row]) ? out.double(values[row]) : out.ascii(format.null)

const instant =
  ({ quote }: CellFormat): BindCell =>
  ({ values }) => {
    const words = lanes(values)
    return (row, out) => {
      out.ascii(quote)
      out.reserve(instantWidth)
      out.length = writeInstant(out.bytes, out.length, secondsAt(words, row), microsAt(words, row))
      out.ascii(quote)
    }
  }

const date =
  ({ quote }: CellFormat): BindCell =>
  ({ values }) =>
  (row, out) => {
    out.ascii(quote)
    out.reserve(instantWidth)
    out.length = writeDate(out.bytes, out.length, values[row])
    out.ascii(quote)
  }

const bool: BindCell =
  ({ offset, values }) =>
  (row, out) =>
    out.ascii(isSet(values, offset + row) ? "true" : "false")

/** An interval in seconds. */
const seconds: BindCell = ({ values }) => {
  const words = lanes(values)
  return (row, out) => out.double(int64At(words, row) / 1e6)
}

const list = ({ listSeparator, writeText }: CellFormat): BindCell => {
  const joined = new ByteWriter()
  return ({ children: [{ valueOffsets, values }], valueOffsets: ends }) => {
    const each = (row: number, write: (start: number, end: number) => void, out: ByteWriter, between: string) => {
      for (let i = ends[row]; i < ends[row + 1]; i++) {
        if (i > ends[row]) out.ascii(between)
        write(valueOffsets[i], valueOffsets[i + 1])
      }
    }
    if (listSeparator === undefined) {
      return (row, out) => {
        out.ascii("[")
        each(row, (start, end) => writeText(out, values, start, end), out, ",")
        out.ascii("]")
      }
    }
    return (row, out) => {
      joined.length = 0
      each(row, (start, end) => joined.range(values, start, end), joined, listSeparator)
      writeText(out, joined.bytes, 0, joined.length)
    }
  }
}

export const isSet = (bits: Uint8Array, index: number): boolean => ((bits[index >> 3] >> (index & 7)) & 1) === 1
