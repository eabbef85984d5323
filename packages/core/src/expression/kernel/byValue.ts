import { gather, textsOf } from "../Values.ts"
import type { Kernel } from "./Kernel.ts"

/**
 * The kernel, run once per distinct text instead of once per row where one text column is all that varies and has fewer
 * texts than there are rows.
 */
export const byValue =
  (kernel: Kernel): Kernel =>
  (inputs, rows) => {
    const varying = inputs.filter(({ mask }) => mask !== 0)
    const [column] = varying
    if (varying.length === 0 || column.kind !== "text" || varying.some((other) => other !== column)) {
      return kernel(inputs, rows)
    }
    const { codes, texts } = column
    if (texts.size >= rows) return kernel(inputs, rows)
    // Every text, and null after them.
    const all = Int32Array.from({ length: texts.size + 1 }, (_, code) => (code < texts.size ? code : -1))
    const distinct = textsOf(all, texts, -1)
    const values = kernel(
      inputs.map((input) => (input === column ? distinct : input)),
      all.length
    )
    const places = new Int32Array(rows)
    for (let i = 0; i < rows; i++) places[i] = codes[i] < 0 ? texts.size : codes[i]
    return gather(values, places)
  }
