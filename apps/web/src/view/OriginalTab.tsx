import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import type { LinePage, Problem, Run } from "../engine/Engine.ts"
import { addressOf, type NamedFile } from "../engine/NamedFile.ts"
import { count } from "../format.ts"
import { job, problemOf } from "../state/app.ts"
import { filter, route, setParams } from "../state/route.ts"
import { texts } from "../texts.ts"
import { FilterBar } from "./FilterBar.tsx"
import { Select, TextInput, Trouble } from "./parts.tsx"
import { saveFile } from "./saveFile.ts"
import { useAnswer } from "./useAnswer.ts"
import { VirtualRows } from "./VirtualRows.tsx"

const pageLines = 200

/** The input as it stands, line by line, with what was rejected marked. */
export const OriginalTab = ({ run }: { readonly run: Run }) => {
  const files = job.value?.files ?? []
  const { params } = route.value
  const file = Math.min(files.length - 1, Number(params.get("file") ?? 0))
  const record = params.get("record")
  const line = params.get("line")
  const rejects = useAnswer(
    async () => (file < 0 ? { lines: [], total: 0 } : run.rejectedLines(file, filter.value)),
    [run, file, filter.value]
  )
  // A record is known by its number where its line is not: the line is looked up and takes its place.
  useEffect(() => {
    const lookUp = async (record: string) => {
      const line = await run.line(file, Number(record))
      setParams({ record: null, line: line === null ? null : String(line + 1) }, true)
    }
    if (record !== null) void lookUp(record)
  }, [run, file, record])
  if (files.length === 0) return <p class="nothing">{texts.noFiles}</p>
  const at = line === null ? null : Number(line)
  const go = (line: number | undefined) => line !== undefined && setParams({ line: String(line) })
  const next = rejects.value?.lines.find((rejected) => rejected > (at ?? 0))
  const previous = rejects.value?.lines.findLast((rejected) => rejected < (at ?? Infinity))
  return (
    <>
      <FilterBar
        run={run}
        typeLabel={texts.filterTypeOf}
        count={rejects.value && texts.showing(rejects.value.lines.length, rejects.value.total, texts.skipped)}
      >
        {files.length > 1 && (
          <Select
            label={texts.file}
            value={String(file)}
            options={files.map(({ name }, i) => [String(i), name] as const)}
            onChange={(file) => setParams({ file, line: null })}
          />
        )}
        <TextInput label={texts.goTo} value={line ?? ""} width={9} onChange={(line) => setParams({ line })} />
      </FilterBar>
      <div class="downloads">
        <button type="button" disabled={previous === undefined} onClick={() => go(previous)}>
          {texts.previousReject}
        </button>
        <button type="button" disabled={next === undefined} onClick={() => go(next)}>
          {texts.nextReject}
        </button>
        <button type="button" onClick={() => save(files[file])}>
          {texts.download} {files[file]?.name}
        </button>
      </div>
      <Lines key={file} run={run} file={file} at={at} />
    </>
  )
}

const save = ({ blob, name }: NamedFile) => saveFile(blob instanceof Blob ? blob : addressOf(blob, "download"), name)

const Lines = ({ at, file, run }: { readonly run: Run; readonly file: number; readonly at: number | null }) => {
  const pages = useRef(new Map<number, LinePage | undefined>())
  const [total, setTotal] = useState<number | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const [, redraw] = useState(0)
  const ask = useCallback(
    async (page: number) => {
      if (pages.current.has(page)) return
      pages.current.set(page, undefined)
      try {
        const found = await run.lines(file, page * pageLines, pageLines)
        pages.current.set(page, found)
        setTotal(found.total)
        redraw((n) => n + 1)
      } catch (error) {
        setProblem(problemOf(error))
      }
    },
    [run, file]
  )
  useEffect(() => void ask(0), [ask])
  const onVisible = useCallback(
    (from: number, to: number) => {
      for (let page = Math.floor(from / pageLines); page * pageLines < to; page++) void ask(page)
    },
    [ask]
  )
  if (problem !== undefined) return <Trouble problem={problem} />
  if (total === undefined) return <p class="note">{texts.loading}</p>
  if (total === 0) return <p class="nothing">{texts.noLines}</p>
  const lineAt = (row: number) => pages.current.get(Math.floor(row / pageLines))?.lines[row % pageLines]
  return (
    <VirtualRows
      count={total}
      rowHeight={24}
      label={texts.originalLabel}
      width="max-content"
      onVisible={onVisible}
      goTo={at === null ? undefined : Math.max(0, Math.min(total - 1, at - 1))}
      rowClass={(row) => (lineAt(row)?.reject ? "rejected" : "")}
      renderRow={(row) => {
        const line = lineAt(row)
        return (
          <div class="line" role="presentation">
            <span class="line-number" role="rowheader">
              {count(row + 1)}
            </span>
            <span class="line-text" role="gridcell">
              {line?.reject && <span class="mark">{line.reject}</span>}
              <code>{line?.text ?? ""}</code>
              {line !== undefined && line.cut > 0 && <span class="dim">{texts.cut(line.cut)}</span>}
            </span>
          </div>
        )
      }}
    />
  )
}
