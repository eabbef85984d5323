import { type Decoder, defineDecoder } from "@sojourn/core"
import { CsvDecoding } from "./CsvDecoding.ts"
import { CsvOptions } from "./CsvOptions.ts"

const blockBytes = 1 << 20
const nothingWanted = { columns: [], digest: false, maxRecordBytes: 16 * 1024 * 1024 }

/**
 * CSV as in RFC 4180, with other delimiters too. Cells are text; an empty field is null unless it is quoted. A row that
 * cannot be read is rejected alone: `csv.syntax`, `csv.columns`, `text.encoding` or `record.size`.
 */
export const csvDecoder: Decoder<CsvOptions> = defineDecoder({
  name: "csv",
  summary: "Comma-separated values, or separated by semicolons, tabs or bars",
  options: CsvOptions,
  extensions: ["csv", "tsv", "txt"],
  open: (options, request) => new CsvDecoding(options, request, blockBytes),
  pieces: (options, head) => {
    const names = new CsvDecoding(options, nothingWanted, head.length)
    names.push(head)
    names.settle()
    const { rest } = names
    return rest && { first: options, rest }
  }
})
