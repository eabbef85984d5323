import { useEffect, useRef, useState } from "preact/hooks"
import { Hatch } from "../chart/DayChart.tsx"
import { count } from "../format.ts"
import { isKept, job, openFiles, problem, run, running } from "../state/app.ts"
import { places, server, where } from "../state/engines.ts"
import { route, tabAddress, tabs } from "../state/route.ts"
import { theme, themes } from "../state/theme.ts"
import { texts } from "../texts.ts"
import { CopyButton, Trouble } from "./parts.tsx"
import { Results } from "./Results.tsx"
import { RunningView } from "./RunningView.tsx"
import { Setup } from "./Setup.tsx"
import { namedFiles, Start } from "./Start.tsx"

/** All of the page. Files can be dropped anywhere. */
export const Page = () => {
  const isDropping = useDrop()
  useEffect(() => {
    const names = job.value?.files.map(({ name }) => name).join(", ")
    const tab = texts.tabs[route.value.tab]
    document.title = names === undefined ? texts.name : `${tab} · ${names} · ${texts.name}`
  }, [job.value, route.value.tab])
  return (
    <div class={isDropping ? "page dropping" : "page"}>
      <a class="skip" href="#content" onClick={toContent}>
        {texts.skip}
      </a>
      <Hatch />
      <Header />
      {job.value !== null && <Tabs />}
      {problem.value !== null && !(route.value.tab === "setup" && job.value !== null) && (
        <div class="page-trouble">
          <Trouble problem={problem.value} />
        </div>
      )}
      <Content />
    </div>
  )
}

/** The address is taken by the state, so that a link to a place on the page is followed by hand. */
const toContent = (event: Event) => {
  event.preventDefault()
  const content = document.querySelector<HTMLElement>("#content")
  content?.setAttribute("tabindex", "-1")
  content?.focus()
}

const Content = () => {
  if (route.value.job === null) return <Start />
  if (job.value === null) return problem.value === null ? <main id="content">{texts.loading}</main> : <Start />
  if (route.value.tab === "setup") return <Setup />
  if (running.value !== null) return <RunningView running={running.value} />
  if (run.value !== null) return <Results run={run.value} />
  return <main id="content" />
}

const Header = () => (
  <header class="top">
    <a class="brand" href="#/">
      <img src="./icon.svg" alt="" width="22" height="22" />
      {texts.name}
    </a>
    {job.value !== null && <span class="files">{job.value.files.map(({ name }) => name).join(", ")}</span>}
    {server === undefined ? (
      <span class="local" title={texts.localHint}>
        {texts.local}
      </span>
    ) : (
      <label class="local">
        <span class="label-text">{texts.where}</span>{" "}
        <select
          value={where.value}
          onChange={({ currentTarget }) => (where.value = currentTarget.value === "browser" ? "browser" : "server")}
        >
          {places.map((place) => (
            <option key={place} value={place}>
              {texts.places[place]}
            </option>
          ))}
        </select>
      </label>
    )}
    <label class="theme">
      <span class="visually-hidden">{texts.theme}</span>
      <select
        value={theme.value}
        onChange={({ currentTarget }) =>
          (theme.value = themes.find((known) => known === currentTarget.value) ?? "system")
        }
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {texts.themes[name]}
          </option>
        ))}
      </select>
    </label>
  </header>
)

const Tabs = () => {
  const current = route.value.tab
  const finished = run.value
  // Most specs declare no tables.
  const shown = tabs.filter((tab) => tab !== "tables" || current === tab || (finished?.declared.length ?? 0) > 0)
  const list = useRef<HTMLUListElement>(null)
  // On a small screen they are wider than it.
  useEffect(() => {
    const place = list.current?.querySelector<HTMLElement>("[aria-current]")?.parentElement
    list.current?.scrollTo({ left: (place?.offsetLeft ?? 0) - 40 })
  }, [current, shown.length])
  return (
    <nav class="tabs" aria-label={texts.tabsLabel}>
      <ul ref={list}>
        {shown.map((tab) => (
          <li key={tab}>
            <a href={tabAddress(tab)} {...(tab === current && { "aria-current": "page" as const })}>
              {texts.tabs[tab]}
              {tab === "skipped" && finished !== null && finished.summary.accounting.rejected > 0 && (
                <span class="badge">{count(finished.summary.accounting.rejected)}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
      {current !== "setup" && finished !== null && (
        <div class="tab-actions">
          <CopyButton label={texts.copyCommand} text={finished.command} />
          <CopyButton label={texts.copySpec} text={finished.spec} />
        </div>
      )}
      {!isKept.value && <p class="note">{texts.notKept}</p>}
    </nav>
  )
}

const useDrop = (): boolean => {
  const [isDropping, setDropping] = useState(false)
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files") !== true) return
      event.preventDefault()
      setDropping(true)
    }
    const leave = (event: DragEvent) => event.relatedTarget === null && setDropping(false)
    const drop = (event: DragEvent) => {
      if (event.dataTransfer === null) return
      event.preventDefault()
      setDropping(false)
      void openFiles(namedFiles(event.dataTransfer.files))
    }
    addEventListener("dragover", over)
    addEventListener("dragleave", leave)
    addEventListener("drop", drop)
    return () => {
      removeEventListener("dragover", over)
      removeEventListener("dragleave", leave)
      removeEventListener("drop", drop)
    }
  }, [])
  return isDropping
}
