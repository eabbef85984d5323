import { job } from "../state/app.ts"
import { tabAddress } from "../state/route.ts"
import { texts } from "../texts.ts"

/** A link to a record among the original lines: by its line where that is known, else by its number. */
export const Place = (props: {
  readonly source: string
  readonly line: number | null
  readonly record: number
  readonly children?: string
}) => {
  const { line, record, source } = props
  const files = job.value?.files ?? []
  const file = String(
    Math.max(
      0,
      files.findIndex(({ name }) => name === source)
    )
  )
  const place: Readonly<Record<string, string>> =
    line === null ? { file, record: String(record) } : { file, line: String(line) }
  const inFile = files.length > 1 ? `${source} ` : ""
  const text = line === null ? `${inFile}${texts.record(record)}` : texts.linePlace(source, line)
  return <a href={tabAddress("original", place)}>{props.children ?? text}</a>
}
