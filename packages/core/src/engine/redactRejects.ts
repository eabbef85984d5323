import type { RecordBatch } from "apache-arrow"
import { columnData, recordBatch, textView } from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import { rejectFieldName } from "../plan/Tables.ts"

/** What stands in place of a value that nobody may see. */
const hidden = "(redacted)"

/** Rejects without what was found in some fields, and so without the records as they were, which hold them. */
export const redactRejects = (rejects: RecordBatch, fields: ReadonlySet<string>): RecordBatch => {
  if (fields.size === 0) return rejects
  const names = new Set(["raw", ...[...fields].map(rejectFieldName)])
  return recordBatch(
    rejects.schema.fields.map(({ name }) => ({
      name,
      data: names.has(name) ? hiddenTexts(rejects, name) : columnData(rejects, name)
    })),
    rejects.numRows
  )
}

/** Null stays null: that nothing was there is no secret. */
const hiddenTexts = (rejects: RecordBatch, name: string) => {
  const { codes } = textView(rejects, name)
  const texts = new TextBuilder()
  for (let row = 0; row < rejects.numRows; row++) if (codes[row] >= 0) texts.setText(row, hidden)
  return texts.take(rejects.numRows)
}
