import type { RecordBatch } from "apache-arrow"
import { unpackBatch } from "../arrow/Ipc.ts"
import type { Plan } from "../plan/Plan.ts"
import { lookupNamed } from "../plan/Tables.ts"
import { lookupRows } from "./LookupTable.ts"

/** The files of enrich that are tables themselves, by name; `packed`: the rows of each entry. */
export const lookupTables = (plan: Plan, packed: ReadonlyArray<Uint8Array>): ReadonlyMap<string, RecordBatch> =>
  new Map(
    plan.validate.enrich.flatMap((entry, i) =>
      lookupNamed(plan, entry.name) === entry ? [[entry.name, lookupRows(entry, unpackBatch(packed[i]))] as const] : []
    )
  )
