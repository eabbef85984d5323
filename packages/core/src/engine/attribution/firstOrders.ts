import type { RecordBatch } from "apache-arrow"
import { int64Lanes, textView } from "../../arrow/Columns.ts"
import { compareInt64 } from "../../time/Int64.ts"

/**
 * Of conversions with one order, the first in time: the rows to be kept, in their order, and for each of them how often its
 * order came again. Every conversion has two rows, one after the other; one without an order stands for itself.
 */
export const firstOrders = (all: RecordBatch): { readonly rows: Int32Array; readonly repeats: Float64Array } => {
  const { codes, dictionary } = textView(all, "order_id")
  const times = int64Lanes(all, "converted_at")
  const orders = new Map<string, { row: number; repeats: number }>()
  const kept: Array<{ row: number; repeats: number }> = []
  for (let row = 0; row < codes.length; row += 2) {
    // Dictionaries may hold a text twice: codes do not tell.
    const id = codes[row] < 0 ? undefined : String(dictionary.get(codes[row]))
    const known = id === undefined ? undefined : orders.get(id)
    if (known === undefined) {
      const made = { row, repeats: 0 }
      kept.push(made)
      if (id !== undefined) orders.set(id, made)
    } else {
      known.repeats++
      if (compareInt64(times, row, known.row) < 0) known.row = row
    }
  }
  kept.sort((a, b) => a.row - b.row)
  return {
    rows: Int32Array.from(kept.flatMap(({ row }) => [row, row + 1])),
    repeats: Float64Array.from(kept.flatMap(({ repeats }) => [repeats, repeats]))
  }
}
