import { useState } from "preact/hooks"
import type { ColumnFacts, Recognised } from "../engine/Engine.ts"
import type { Settings } from "../engine/Settings.ts"
import { count, percent } from "../format.ts"
import { changeSettings, isRecognising, job, problem, recognised, start } from "../state/app.ts"
import { texts } from "../texts.ts"
import { Cutting } from "./Cutting.tsx"
import { RecipeParams } from "./RecipeParams.tsx"
import { CopyButton, Section, Select, TextArea, TextInput, Trouble } from "./parts.tsx"

/** What was recognised of the files, all of it to be changed, and how sessions are cut. */
export const Setup = () => {
  const settings = job.value?.settings
  const found = recognised.value
  if (settings === undefined) return null
  const trouble = found?.problem ?? (found === null ? problem.value : null)
  return (
    <main id="content" class="setup" aria-busy={isRecognising.value}>
      <h1 class="visually-hidden">{texts.tabs.setup}</h1>
      {found === null && isRecognising.value && <p class="note">{texts.recognising}</p>}
      {trouble && <Trouble problem={trouble} />}
      <Section title={texts.meaning}>
        <div class="fields">
          {found !== null && found.recipes.length > 0 && <RecipeChoice settings={settings} found={found} />}
          <Format settings={settings} found={found} />
          {found !== null && settings.recipe === null && <Roles settings={settings} found={found} />}
        </div>
        {found !== null && settings.recipe !== null && (
          <RecipeParams recipe={settings.recipe} params={found.params} onChange={(recipe) => change({ recipe })} />
        )}
        {settings.recipe !== null && <OwnSpec recipe={settings.recipe} />}
      </Section>
      {found !== null && (
        <>
          <Section
            title={texts.columns}
            note={`${texts.lookedAt(found.records, found.whole)}${found.notes.length > 0 ? `; ${found.notes.join("; ")}` : ""}`}
          >
            <ColumnTable found={found} settings={settings} />
          </Section>
          {found.trial && <Trial found={found} />}
          {settings.recipe === null && <Cutting settings={settings} trial={found.trial} />}
          <div class="go">
            <button
              type="button"
              class="primary large"
              disabled={found.problem !== null || isRecognising.value}
              onClick={() => void start()}
            >
              {texts.run}
            </button>
            {found.command !== null && <CopyButton label={texts.copyCommand} text={found.command} />}
            {found.spec !== null && <CopyButton label={texts.copySpec} text={found.spec} />}
          </div>
          {found.spec !== null && (
            <details class="spec">
              <summary>{texts.specTitle}</summary>
              <pre>{found.command}</pre>
              <pre>{found.spec}</pre>
            </details>
          )}
        </>
      )}
    </main>
  )
}

const change = (changes: Partial<Settings>) => void changeSettings(changes)

interface FoundProps {
  readonly settings: Settings
  readonly found: Recognised
}

/** The value of the choice that stands for a spec of somebody's own. */
const ownSpec = "own spec"

const RecipeChoice = ({ found: { recipes }, settings: { recipe } }: FoundProps) => {
  const [own] = useState(recipe?.text === undefined ? null : recipe)
  return (
    <Select
      label={texts.job}
      value={recipe?.text === undefined ? (recipe?.name ?? "") : ownSpec}
      options={[
        ...(own === null ? [] : [[ownSpec, texts.specOf(own.name)] as const]),
        ["", texts.recognisedJob],
        ...recipes.map(({ name, obstacle }) => [name, texts.recipe(name, obstacle === null)] as const)
      ]}
      onChange={(name) => change({ recipe: name === ownSpec ? own : name === "" ? null : { name, params: {} } })}
      note={recipe?.text === undefined && recipes.find(({ name }) => name === recipe?.name)?.description}
    />
  )
}

const OwnSpec = ({ recipe }: { readonly recipe: NonNullable<Settings["recipe"]> }) =>
  recipe.text === undefined ? null : (
    <TextArea
      label={texts.spec}
      value={recipe.text}
      rows={18}
      onChange={(text) => change({ recipe: { ...recipe, text } })}
    />
  )

const Format = ({ found, settings }: { readonly settings: Settings; readonly found: Recognised | null }) => {
  const { format } = settings
  const header = format?.options.header
  return (
    <>
      <Select
        label={texts.format}
        value={format?.name ?? ""}
        options={[
          ["", found === null ? texts.formatFound : texts.guessed(texts.formats[found.format] ?? found.format)],
          ...Object.entries(texts.formats)
        ]}
        onChange={(name) => change({ format: name === "" ? null : { name, options: {} } })}
      />
      {(format?.name ?? found?.format ?? "csv") === "csv" && (
        <Select
          label={texts.header}
          value={typeof header === "string" ? header : ""}
          options={Object.entries(texts.headers)}
          onChange={(header) =>
            change({ format: header === "" ? null : { name: "csv", options: { ...format?.options, header } } })
          }
        />
      )}
    </>
  )
}

const guessOf = ({ guessed }: Recognised, flag: string) => guessed.find((note) => note.flag === flag)

const Roles = ({ found, settings }: FoundProps) => {
  const paths = found.columns.map(({ path }) => path)
  const column = (
    label: string,
    flag: string,
    value: string | null,
    set: (path: string | null) => void,
    absent: string
  ) => {
    const guess = guessOf(found, flag)
    const known = value === null || paths.includes(value) ? paths : [value, ...paths]
    return (
      <Select
        label={label}
        value={value ?? ""}
        options={[
          ["", guess === undefined ? absent : texts.guessed(guess.value)],
          ...known.map((path) => [path, path] as const)
        ]}
        onChange={(path) => set(path === "" ? null : path)}
        note={value === null ? guess?.detail : texts.chosen}
      />
    )
  }
  const timeFormat = guessOf(found, "--time-format")
  const dedupe = guessOf(found, "--dedupe")
  return (
    <>
      <TextInput
        label={texts.user}
        value={settings.user?.join(",") ?? ""}
        placeholder={guessOf(found, "--user")?.value ?? texts.guess}
        list={paths}
        onChange={(text) => change({ user: text === "" ? null : text.split(",").map((name) => name.trim()) })}
        note={settings.user === null ? guessOf(found, "--user")?.detail : texts.compositeUser}
      />
      {column(texts.time, "--time", settings.time, (time) => change({ time, timeFormat: null }), texts.guess)}
      <TextInput
        label={texts.timeFormat}
        value={settings.timeFormat ?? ""}
        placeholder={timeFormat?.value ?? "iso8601"}
        list={["iso8601", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "dd/MM/yyyy HH:mm:ss"]}
        onChange={(text) => change({ timeFormat: text === "" ? null : text })}
        note={settings.timeFormat === null ? timeFormat?.detail : texts.chosen}
      />
      <TextInput
        label={texts.timezone}
        value={settings.timezone ?? ""}
        placeholder="UTC"
        list={Intl.supportedValuesOf("timeZone")}
        onChange={(text) => change({ timezone: text === "" ? null : text })}
      />
      {column(texts.type, "--type", settings.type, (type) => change({ type }), texts.noColumn)}
      <Select
        label={texts.dedupe}
        value={typeof settings.dedupe === "string" ? settings.dedupe : (settings.dedupe?.join(",") ?? "")}
        options={[
          ["", texts.guessed(texts.dedupes[dedupe?.value ?? "record"])],
          ...Object.entries(texts.dedupes),
          ["user,time,type", "user, time, type"]
        ]}
        onChange={(key) => change({ dedupe: key === "" ? null : key.includes(",") ? key.split(",") : key })}
        note={settings.dedupe === null ? dedupe?.detail : texts.chosen}
      />
    </>
  )
}

const ColumnTable = ({ found, settings }: FoundProps) => (
  <div class="scroll" tabIndex={0} role="region" aria-label={texts.columns}>
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">{texts.column}</th>
          <th scope="col">{texts.role}</th>
          <th scope="col" class="numeric">
            {texts.filled}
          </th>
          <th scope="col" class="numeric">
            {texts.distinct}
          </th>
          <th scope="col">{texts.parsed}</th>
          <th scope="col">{texts.samples}</th>
        </tr>
      </thead>
      <tbody>
        {found.columns.map((column) => (
          <tr key={column.path}>
            <th scope="row">{column.path}</th>
            <td>{roleOf(column, found, settings)}</td>
            <td class="numeric">
              {count(column.filled)} <span class="dim">{percent(column.filled, found.records)}</span>
            </td>
            <td class="numeric">{count(column.distinct)}</td>
            <td>
              {column.times && `${column.times.format}, ${count(column.times.parsed)} of ${count(column.times.total)}`}
            </td>
            <td class="samples">
              {column.samples.map((sample) => (
                <code key={sample}>{sample}</code>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const roleOf = ({ path }: ColumnFacts, found: Recognised, settings: Settings): string => {
  const guess = (flag: string) => guessOf(found, flag)?.value
  if ((settings.user ?? guess("--user")?.split(","))?.includes(path)) return texts.user
  if ((settings.time ?? guess("--time")) === path) return texts.time
  return (settings.type ?? guess("--type")) === path ? texts.type : ""
}

const Trial = ({ found }: { readonly found: Recognised }) => {
  const summary = found.trial?.summary
  if (summary === undefined) return null
  const { accepted, duplicates, rejected } = summary.accounting
  return (
    <Section title={texts.trial}>
      <p>
        {count(accepted)} {texts.tiles.accepted.toLowerCase()}, {count(rejected)} {texts.tiles.rejected.toLowerCase()},{" "}
        {count(duplicates)} {texts.tiles.duplicates.toLowerCase()}
      </p>
      {accepted === 0 && <Trouble problem={{ message: texts.trialNothing, hint: null }} />}
      <ul class="reasons">
        {summary.rejected_by.slice(0, 8).map(({ code, count: times, field, reason, samples }) => (
          <li key={`${code} ${reason} ${field}`}>
            {count(times)} × {reason}
            {samples[0] !== undefined && samples[0] !== "" && <code>{samples[0]}</code>}
          </li>
        ))}
      </ul>
      {summary.warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
    </Section>
  )
}
