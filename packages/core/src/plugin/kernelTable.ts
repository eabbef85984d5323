import { type Kernels, RecordTable } from "@sojourn/kernels"
import type { DecodeRequest } from "./Decoder.ts"

/**
 * Makes {@link DecodeRequest.table} for everything that one thread decodes under one request: one table, whose
 * dictionaries last from input to input unless JSON tokens and plain texts take turns.
 */
export const kernelTable = (
  kernels: Kernels,
  { columns, digest }: Pick<DecodeRequest, "columns" | "digest">
): NonNullable<DecodeRequest["table"]> => {
  let table: RecordTable | undefined
  let isJson = false
  return (json) => {
    table ??= new RecordTable(
      kernels,
      columns.map(({ isTime }) => ({ isTime: isTime === true })),
      digest
    )
    if (json !== isJson) table.setJson(json)
    isJson = json
    table.begin()
    return table
  }
}
