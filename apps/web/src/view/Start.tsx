import { useEffect, useRef, useState } from "preact/hooks"
import { bytes, instant } from "../format.ts"
import { openFiles } from "../state/app.ts"
import { forgetJob, type KeptJob, keptJobs } from "../state/jobs.ts"
import { where } from "../state/engines.ts"
import { show } from "../state/route.ts"
import { texts } from "../texts.ts"

const sampleAddress = new URL("../../../../examples/quickstart/events.jsonl", import.meta.url)

/** The first page: files to be dropped, chosen, pasted, or the sample. */
export const Start = () => {
  const chooser = useRef<HTMLInputElement>(null)
  const [isPasting, setPasting] = useState(false)
  const choose = () => chooser.current?.click()
  const takeSample = () =>
    void fetch(sampleAddress)
      .then((response) => response.blob())
      .then((blob) => openFiles([{ name: texts.sampleName, blob }]))
  return (
    <main id="content" class="start">
      <h1>{texts.tagline}</h1>
      <div class="drop">
        <p class="drop-title">{texts.dropTitle}</p>
        <p class="note">{texts.dropText}</p>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label={texts.chooseFiles}
          onChange={({ currentTarget }) => void openFiles(namedFiles(currentTarget.files))}
        />
        <div class="buttons">
          <button type="button" class="primary" onClick={choose}>
            {texts.chooseFiles}
          </button>
          <button type="button" aria-expanded={isPasting} onClick={() => setPasting(!isPasting)}>
            {texts.paste}
          </button>
          <button type="button" onClick={takeSample} title={texts.sampleText}>
            {texts.sample}
          </button>
        </div>
        {isPasting && <Paste />}
      </div>
      {where.value === "browser" && (
        <p class="note local">
          <strong>{texts.local}.</strong> {texts.localHint}.
        </p>
      )}
      <Kept />
      <dl class="facts">
        {texts.steps.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </main>
  )
}

/** Files of the browser by their names. */
export const namedFiles = (files: Iterable<File> | null) =>
  [...(files ?? [])].map((file) => ({ name: file.name, blob: file }))

const Paste = () => {
  const [text, setText] = useState("")
  const use = () => void openFiles([{ name: texts.pastedName, blob: new Blob([text]) }])
  return (
    <div class="paste">
      <textarea
        aria-label={texts.pasteLabel}
        placeholder={texts.pasteLabel}
        rows={8}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="button" class="primary" disabled={text.trim() === ""} onClick={use}>
        {texts.pasteUse}
      </button>
    </div>
  )
}

const Kept = () => {
  const [jobs, setJobs] = useState<ReadonlyArray<KeptJob>>([])
  const look = () => void keptJobs().then(setJobs)
  useEffect(look, [])
  if (jobs.length === 0) return null
  const nameOf = ({ names }: KeptJob) => names.join(", ")
  return (
    <section class="kept" aria-label={texts.recent}>
      <h2>{texts.recent}</h2>
      <ul>
        {jobs.map((job) => (
          <li key={job.id}>
            <button type="button" class="link" onClick={() => show(job.id, "summary")}>
              {nameOf(job)}
            </button>
            <span class="dim">{bytes(job.bytes)}</span>
            <span class="dim">{instant(job.asOfMicros)}</span>
            <button
              type="button"
              class="quiet"
              aria-label={texts.forget(nameOf(job))}
              onClick={() => void forgetJob(job.id).then(look)}
            >
              {texts.forgetShort}
            </button>
          </li>
        ))}
      </ul>
      <p class="note">{texts.keptHint}</p>
    </section>
  )
}
