import type { ComponentChildren } from "preact"
import { useEffect, useId, useState } from "preact/hooks"
import type { Problem } from "../engine/Engine.ts"
import { texts } from "../texts.ts"

/** Something that a person can do something about. */
export const Trouble = ({ problem }: { readonly problem: Problem }) => (
  <div class="trouble" role="alert">
    <strong>{problem.message}</strong>
    {problem.hint !== null && <p>{problem.hint}</p>}
  </div>
)

/** A part of a page with a heading. */
export const Section = (props: {
  readonly title: string
  readonly note?: ComponentChildren
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}) => (
  <section class="section">
    <div class="section-head">
      <h2>{props.title}</h2>
      {props.aside}
    </div>
    {props.note !== undefined && <p class="note">{props.note}</p>}
    {props.children}
  </section>
)

/** A label over what it names. */
export const Field = (props: {
  readonly label: string
  readonly note?: ComponentChildren
  readonly children: (id: string) => ComponentChildren
}) => {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id)}
      {props.note !== undefined && <span class="note">{props.note}</span>}
    </div>
  )
}

export const Select = (props: {
  readonly label: string
  readonly value: string
  readonly options: ReadonlyArray<readonly [value: string, text: string]>
  readonly onChange: (value: string) => void
  readonly note?: ComponentChildren
}) => (
  <Field label={props.label} note={props.note}>
    {(id) => (
      <select id={id} value={props.value} onChange={({ currentTarget }) => props.onChange(currentTarget.value)}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    )}
  </Field>
)

/** What is being typed, which stays as it is while something else on the page changes. */
const useDraft = (value: string) => {
  const draft = useState(value)
  const [, set] = draft
  useEffect(() => set(value), [value])
  return draft
}

/** A text of several lines that counts when the field is left. */
export const TextArea = (props: {
  readonly label: string
  readonly value: string
  readonly rows: number
  readonly onChange: (value: string) => void
}) => {
  const [draft, setDraft] = useDraft(props.value)
  return (
    <Field label={props.label}>
      {(id) => (
        <textarea
          id={id}
          class="long-text"
          rows={props.rows}
          spellcheck={false}
          value={draft}
          onInput={({ currentTarget }) => setDraft(currentTarget.value)}
          onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
        />
      )}
    </Field>
  )
}

/** A text that counts when it is finished: with Enter, or when the field is left. */
export const TextInput = (props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly list?: ReadonlyArray<string>
  readonly note?: ComponentChildren
  readonly width?: number
}) => {
  const listId = useId()
  const [draft, setDraft] = useDraft(props.value)
  return (
    <Field label={props.label} note={props.note}>
      {(id) => (
        <>
          <input
            id={id}
            type="text"
            value={draft}
            placeholder={props.placeholder ?? ""}
            size={props.width ?? 14}
            autocomplete="off"
            spellcheck={false}
            {...(props.list && { list: listId })}
            onInput={({ currentTarget }) => setDraft(currentTarget.value)}
            onChange={({ currentTarget }) => props.onChange(currentTarget.value.trim())}
          />
          {props.list && (
            <datalist id={listId}>
              {props.list.map((text) => (
                <option key={text} value={text} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  )
}

export const CopyButton = ({ label, text }: { readonly label: string; readonly text: string }) => {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <button type="button" onClick={() => void copy()} aria-live="polite">
      {isCopied ? texts.copied : label}
    </button>
  )
}
