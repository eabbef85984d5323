import type { ComponentChildren } from "preact"
import type { Run } from "../engine/Engine.ts"
import { instant } from "../format.ts"
import { filter, isFiltered, setParams } from "../state/route.ts"
import { texts } from "../texts.ts"
import { Select, TextInput } from "./parts.tsx"
import { useAnswer } from "./useAnswer.ts"

/** What is looked at: on every tab the same time, user and type; further filters of the tab are its children. */
export const FilterBar = (props: {
  readonly run: Run
  /** Left out where types filter nothing. */
  readonly typeLabel?: string
  readonly count?: ComponentChildren
  readonly children?: ComponentChildren
}) => {
  const { run } = props
  const { from, to, type, user } = filter.value
  const types = useAnswer(() => run.types(), [run])
  return (
    <form class="filters" aria-label={texts.filters} onSubmit={(event) => event.preventDefault()}>
      <TextInput label={texts.filterUser} value={user ?? ""} width={12} onChange={(user) => setParams({ user })} />
      {run.names.type !== null && props.typeLabel !== undefined && (
        <Select
          label={props.typeLabel}
          value={type ?? ""}
          options={[["", texts.anyType], ...(types.value ?? []).map((name) => [name, name] as const)]}
          onChange={(type) => setParams({ type })}
        />
      )}
      <TimeInput label={texts.from} name="from" micros={from} />
      <TimeInput label={texts.to} name="to" micros={to} />
      {props.children}
      <div class="filter-end">
        <output aria-live="polite">{props.count}</output>
        {isFiltered.value && (
          <button type="button" class="quiet" onClick={() => setParams(cleared)}>
            {texts.clear}
          </button>
        )}
      </div>
    </form>
  )
}

const cleared = Object.fromEntries(
  ["from", "to", "user", "type", "min", "max", "events", "cause", "reason"].map((name) => [name, null])
)

const TimeInput = (props: { readonly label: string; readonly name: "from" | "to"; readonly micros: number | null }) => (
  <TextInput
    label={props.label}
    value={props.micros === null ? "" : instant(props.micros)}
    placeholder="2024-07-10T10:00Z"
    width={21}
    onChange={(text) => {
      const millis = text === "" ? Number.NaN : Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
      setParams({ [props.name]: Number.isNaN(millis) ? null : String(millis * 1000) })
    }}
  />
)
