import { useState } from "preact/hooks"
import type { DownloadFormat, Problem, Run, TableName } from "../engine/Engine.ts"
import { problemOf } from "../state/app.ts"
import { texts } from "../texts.ts"
import { Trouble } from "./parts.tsx"
import { saveFile } from "./saveFile.ts"

const formats: ReadonlyArray<DownloadFormat> = ["csv", "jsonl", "parquet"]

/** Buttons that make a file of a whole table. */
export const Downloads = ({ run, table }: { readonly run: Run; readonly table: TableName }) => {
  const [preparing, setPreparing] = useState<DownloadFormat | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const save = async (format: DownloadFormat) => {
    setPreparing(format)
    setProblem(null)
    try {
      saveFile(await run.download(table, format), `${table}.${format}`)
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setPreparing(null)
    }
  }
  return (
    <div class="downloads" role="group" aria-label={`${texts.download} ${table}`}>
      <span class="dim">
        {texts.download} {table}.*
      </span>
      {formats.map((format) => (
        <button key={format} type="button" disabled={preparing !== null} onClick={() => void save(format)}>
          {preparing === format ? texts.preparing : texts.downloads[format]}
        </button>
      ))}
      {problem && <Trouble problem={problem} />}
    </div>
  )
}
