import type { DecodeRequest } from "../plugin/Decoder.ts"
import type { Source } from "../plugin/Source.ts"

/** What a decoder is asked for where columns are read from fields that have other names in a source. */
export const requestFor = (request: DecodeRequest, fields: Source["fields"] = {}): DecodeRequest => {
  if (Object.keys(fields).length === 0) return request
  const columns = request.columns.map((column) => ({ ...column, path: fields[column.path] ?? column.path }))
  return { ...request, columns, ...(request.known && { known: knownFields(columns) }) }
}

/** The fields of a record in which columns are found. */
export const knownFields = (columns: ReadonlyArray<{ readonly path: string }>): ReadonlySet<string> =>
  new Set(columns.flatMap(({ path }) => [path, path.split(".")[0]]))
