import { type EventBatch, int64At, int64Lanes, position } from "@sojourn/core"
import { askedJson } from "../engine/asked.ts"
import type { LinePage } from "../engine/Engine.ts"
import { addressOf, type NamedFile, type StoredFile } from "../engine/NamedFile.ts"
import { decodedBlob } from "./BlobSource.ts"
import { headOf, isPlain } from "./Bytes.ts"
import { FileLines } from "./FileLines.ts"
import { type FormatChoice, formatOf, isFileFormat } from "./Formats.ts"

/** The text of an input. */
export interface FileText {
  /** Lines from number `from` (the first is 0) on, and how many there are in all. */
  readonly lines: (from: number, count: number) => Promise<TextLines>
  /** The line (from 0) of a record by its ordinal; null if the file has no lines. */
  readonly lineOf: (event: number) => Promise<number | null>
}

/** Lines without why they were rejected. */
interface TextLines {
  readonly total: number
  readonly lines: ReadonlyArray<Omit<LinePage["lines"][number], "reject">>
}

/** The text of a file. `run`: the address of the run of the server that read it, if one did. */
export const fileText = (file: NamedFile, format: FormatChoice | null, run: string | null): FileText => {
  const text = { ...readText(file, format), ...(file.blob instanceof Blob ? {} : storedText(file.blob, run)) }
  let isText: Promise<boolean> | undefined
  return {
    ...text,
    lines: async (from, count) => {
      isText ??= headOf(file, 64).then(({ bytes }) => !isFileFormat(formatOf(format, file.name, bytes)))
      return (await isText) ? text.lines(from, count) : { total: 0, lines: [] }
    }
  }
}

/** A file is read once to know where its lines begin, and once for every record that is looked for. */
const readText = (file: NamedFile, format: FormatChoice | null): FileText => {
  let known: Promise<FileLines> | undefined
  return {
    lines: async (from, count) => {
      known ??= isPlain(file).then((plain) => FileLines.of(file, plain))
      const lines = await known
      return { total: lines.total, lines: await lines.read(from, count) }
    },
    lineOf: async (event) => {
      const request = { columns: [], digest: false, maxRecordBytes: 16 * 1024 * 1024 }
      for await (const batch of decodedBlob(file, format, request)) {
        const line = lineIn(batch, event)
        if (line !== undefined) return line
      }
      return null
    }
  }
}

const lineIn = ({ records, rejects }: EventBatch, event: number): number | undefined => {
  for (const rows of [records, rejects]) {
    const ordinals = int64Lanes(rows, position.event)
    for (let row = 0; row < rows.numRows; row++) {
      if (int64At(ordinals, row) === event) return int64At(int64Lanes(rows, position.line), row) - 1
    }
  }
  return undefined
}

/** The server knows lines and records of what it keeps. */
const storedText = (stored: StoredFile, run: string | null): Partial<FileText> => ({
  lines: (from, count) => askedJson<TextLines>(`${addressOf(stored, "lines")}&from=${from}&count=${count}`),
  ...(run !== null && {
    lineOf: async (event) => {
      const address = `${run}/record?source=${encodeURIComponent(stored.file)}&event=${event}`
      const { line } = await askedJson<{ readonly line: number | null }>(address)
      return line === null ? null : line - 1
    }
  })
})
