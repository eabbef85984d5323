import {
  type DecodeRequest,
  type Decoding,
  type EventBatch,
  type FileDecoding,
  isJson,
  type PathFields,
  recordBatch,
  TextBuilder,
  textColumn,
  textView
} from "@sojourn/core"

/** A decoding whose records have the fields of a path too; one of their own with such a name is not read. */
export const withPathFields = (
  fields: PathFields,
  request: DecodeRequest,
  open: (request: DecodeRequest) => Decoding
): Decoding => {
  if (fields.size === 0) return open(request)
  const added = new Added(fields, request)
  const decoding = open(added.request)
  const { settle } = decoding
  return {
    push: (chunk) => decoding.push(chunk).map(added.complete),
    end: () => decoding.end().map(added.complete),
    ...(settle === undefined
      ? {}
      : {
          settle: () => {
            const settled = settle.call(decoding)
            return { ...settled, batches: settled.batches.map(added.complete) }
          }
        }),
    notes: () => decoding.notes(),
    fields: () => [...new Set([...decoding.fields(), ...fields.keys()])]
  }
}

/** The same for a file that is read at any place. */
export const withPathFieldsOfFile = async (
  fields: PathFields,
  request: DecodeRequest,
  open: (request: DecodeRequest) => Promise<FileDecoding>
): Promise<FileDecoding> => {
  if (fields.size === 0) return open(request)
  const added = new Added(fields, request)
  const decoding = await open(added.request)
  return {
    groups: decoding.groups,
    notes: decoding.notes,
    fields: [...new Set([...decoding.fields, ...fields.keys()])],
    read: async (...given) => added.complete(await decoding.read(...given))
  }
}

/** Takes the wanted fields of a path out of a request, and puts them into what is decoded. */
class Added {
  readonly request: DecodeRequest
  private readonly fields: PathFields
  private readonly wanted: DecodeRequest["columns"]

  constructor(fields: PathFields, request: DecodeRequest) {
    this.fields = fields
    this.wanted = request.columns
    const columns = request.columns.filter(({ path }) => !fields.has(path))
    const isAdded = columns.length < request.columns.length
    // The kernels' table has the columns of the whole request.
    const { holds: _, table: __, ...plain } = request
    this.request = isAdded ? { ...plain, columns } : request
  }

  readonly complete = (batch: EventBatch): EventBatch => {
    if (this.request.columns === this.wanted) return batch
    const { records } = batch
    const own = records.schema.fields.map((field, i) => ({
      name: field.name,
      json: isJson(field),
      data: records.data.children[i]
    }))
    // Decoded columns are in the order of the request.
    const decoded = own.splice(0, this.request.columns.length)[Symbol.iterator]()
    const columns = this.wanted.map(({ name, path }) => {
      const value = this.fields.get(path)
      return value === undefined
        ? (decoded.next().value as (typeof own)[number])
        : { name, json: false, data: constant(value, records.numRows) }
    })
    return { ...batch, records: recordBatch([...columns, ...own], records.numRows) }
  }
}

/** One text, or null, in every row. */
const constant = (value: string | null, rows: number) => {
  const texts = new TextBuilder()
  if (value !== null) texts.setText(0, value)
  const one = recordBatch([{ name: "value", data: texts.take(1) }], 1)
  return textColumn(new Int32Array(rows).fill(value === null ? -1 : 0), textView(one, "value").dictionary)
}
