import { NotFound } from "@sojourn/client"
import { quotedText } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { readPage, type OpenResults } from "./readPage.ts"
import type { StoredTable } from "./Results.ts"

/** One session with a page of its events, and the causes that began it and the user's next one. */
export const readSession = Effect.fn("readSession")(function* (
  results: OpenResults,
  id: string,
  page: { readonly after?: string; readonly limit?: number }
) {
  const sessions = results.tables.find(({ name }) => name === "sessions")
  const events = results.tables.find(({ name }) => name === "events")
  if (sessions === undefined || events === undefined) return yield* noSession(id)
  const found = yield* readPage(results, sessions, {
    ...allColumns(sessions),
    filter: `session_id = ${quotedText(id)}`,
    limit: 1
  })
  const [session] = found.rows
  if (session === undefined) return yield* noSession(id)
  const user = session[results.user]
  const isNext = `${named(results.user)} = ${quotedText(textOf(user))} and session_number = ${Number(session.session_number) + 1}`
  const next = yield* readPage(results, sessions, { columns: ["session_cause"], filter: isNext, limit: 1 })
  return {
    session,
    began: textOf(session.session_cause),
    ended: next.rows.length === 0 ? null : textOf(next.rows[0].session_cause),
    events: yield* readPage(results, events, {
      ...allColumns(events),
      ...page,
      filter: `session_id = ${quotedText(id)}`
    })
  }
})

const allColumns = ({ columns }: StoredTable) => ({ columns: columns.map(({ name }) => name) })

const named = (column: string): string => `"${column.replaceAll('"', '""')}"`

/** Users and causes are texts. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

const noSession = (id: string) =>
  new NotFound({ code: "session", detail: `the run has no session "${id.slice(0, 100)}"` })
