import { closeSync, openSync, writeFileSync } from "node:fs"
import { type Generated, generateRows, type GeneratorOptions } from "./generateRows.ts"

/** Writes generated rows to a file, replacing it. */
export function generateFile(path: string, options: GeneratorOptions): Generated {
  const file = openSync(path, "w")
  try {
    return generateRows(options, (chunk) => writeFileSync(file, chunk, "latin1"))
  } finally {
    closeSync(file)
  }
}
