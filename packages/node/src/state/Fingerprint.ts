import type { Plan } from "@sojourn/core"
import { createHash } from "node:crypto"
import type { StateOptions } from "./State.ts"

/**
 * A digest of everything that decides what a record becomes, besides the record and the time taken as now: if it is
 * another, nothing that was read before is of use.
 */
export const fingerprintOf = (
  { late, plugins, scan, timezone, validate }: Plan,
  { bindings, release }: Pick<StateOptions, "bindings" | "release">,
  lookups: ReadonlyArray<Uint8Array>
): string => {
  const { inputs, ...fields } = scan
  // All inputs have one format, and which they are is no matter of a record.
  const format = inputs.at(0)?.format ?? null
  const enrich = validate.enrich.map(({ input: _, ...entry }) => entry)
  const known = {
    release,
    plugins,
    fields,
    format,
    timezone,
    late,
    validate: { ...validate, enrich },
    bindings: [...bindings]
  }
  const hash = createHash("sha256").update(JSON.stringify(known))
  for (const lookup of lookups) hash.update(`${lookup.length} `).update(lookup)
  return hash.digest("hex")
}
