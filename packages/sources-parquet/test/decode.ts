import type { DecodeRequest, RandomAccess } from "@sojourn/core"
import { columnData } from "@sojourn/core"
import type { Data, RecordBatch } from "apache-arrow"
import { parquetDecoder } from "../src/index.ts"

export const accessTo = (bytes: Uint8Array): RandomAccess & { readonly taken: () => number } => {
  let taken = 0
  return {
    bytes: bytes.length,
    read: (from, to) => {
      if (from < 0 || to > bytes.length || from > to) throw new Error(`read of ${from} to ${to} of ${bytes.length}`)
      taken += to - from
      return Promise.resolve(bytes.slice(from, to))
    },
    taken: () => taken
  }
}

export interface Decoded {
  readonly fields: ReadonlyArray<string>
  /** By column, by row. */
  readonly columns: Readonly<Record<string, ReadonlyArray<string | null>>>
  readonly micros: Readonly<Record<string, ReadonlyArray<bigint>>>
  readonly events: ReadonlyArray<number>
  readonly digests: ReadonlyArray<string>
  readonly rejects: ReadonlyArray<Readonly<{ event: number; code: string; field: string | null }>>
  /** The first record as text. */
  readonly first: string | undefined
  readonly taken: number
}

/** Reads all groups; all fields unless `columns` says which. `times`: wanted as times. */
export const decode = async (
  bytes: Uint8Array,
  {
    columns,
    digest = false,
    times = []
  }: Partial<Pick<DecodeRequest, "digest">> & {
    readonly columns?: ReadonlyArray<string>
    readonly times?: ReadonlyArray<string>
  } = {}
): Promise<Decoded> => {
  const none = { columns: [], digest: false, maxRecordBytes: 1 << 24 }
  const names = columns ?? (await parquetDecoder.open({}, none, accessTo(bytes))).fields
  const wanted = names.map((name) => ({ name, path: name, isTime: times.includes(name) }))
  const file = accessTo(bytes)
  const decoding = await parquetDecoder.open({}, { columns: wanted, digest, maxRecordBytes: 1 << 24 }, file)
  const texts = Object.fromEntries(names.map((name) => [name, [] as Array<string | null>]))
  const micros: Record<string, Array<bigint>> = Object.fromEntries(times.map((name) => [name, []]))
  const events: Array<number> = []
  const digests: Array<string> = []
  const rejects: Array<Decoded["rejects"][number]> = []
  let first: string | undefined
  let before = 0
  for (const [i, { records }] of decoding.groups.entries()) {
    const batch = await decoding.read(i, before)
    before += records
    if (batch.records.numRows > 0) first ??= batch.asText?.(0)
    for (const name of names) texts[name].push(...textsOf(batch.records, name))
    for (const name of times) {
      const at = batch.records.schema.names.indexOf(`$micros ${name}`)
      if (at >= 0) micros[name].push(...(batch.records.data.children[at].values as BigInt64Array))
    }
    events.push(...Array.from(columnData(batch.records, "$event").values as BigInt64Array, Number))
    if (digest)
      for (let row = 0; row < batch.records.numRows; row++)
        digests.push(String(batch.records.getChild("$digest")?.get(row)))
    const code = textsOf(batch.rejects, "code")
    const field = textsOf(batch.rejects, "field")
    const event = columnData(batch.rejects, "$event").values as BigInt64Array
    for (let row = 0; row < batch.rejects.numRows; row++) {
      rejects.push({ event: Number(event[row]), code: code[row] ?? "", field: field[row] })
    }
  }
  return { fields: decoding.fields, columns: texts, micros, events, digests, rejects, first, taken: file.taken() }
}

const textsOf = (batch: RecordBatch, name: string): ReadonlyArray<string | null> => {
  const data: Data = batch.data.children[batch.schema.names.indexOf(name)]
  const strings: ReadonlyArray<string> = Array.from(data.dictionary ?? [])
  return Array.from(data.values as Int32Array, (code) => (code < 0 ? null : strings[code]))
}
