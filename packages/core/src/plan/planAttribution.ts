import { quotedText } from "../expression/quotedText.ts"
import { clickIds, defaultChannels } from "../channels/defaultChannels.ts"
import type { Tree, ValueType } from "../expression/Tree.ts"
import type { Attribution as AttributionSpec } from "../spec/Attribution.ts"
import { durationMicros } from "../spec/Duration.ts"
import { type Attribution, attributionColumns } from "./Attribution.ts"
import { ColumnNames, rowScope } from "./ColumnNames.ts"
import { noSessions } from "./missingTables.ts"
import type { Plan } from "./Plan.ts"
import { added, otherName } from "./planEvent.ts"
import type { Planning } from "./Planning.ts"
import { tableColumns } from "./Tables.ts"

/** A table of attributions; `plan` has events and sessions. */
export const planAttribution = (
  planning: Planning,
  plan: Plan,
  name: string,
  attribution: AttributionSpec
): Attribution => {
  const path = ["tables", name, "attribution"]
  if (plan.sessionize === null) planning.problem(path, noSessions, { key: true })
  const events = new ColumnNames(tableColumns(plan, "events") ?? [], plan.validate)
  const ofEvents = (
    key: "conversion" | "order_id" | "revenue" | "url" | "referrer" | "where",
    type?: ValueType
  ): Tree => planning.check(attribution[key] ?? "null::text", [...path, key], rowScope(events, type)).tree
  const made: Attribution = {
    kind: "attribution",
    name,
    from: "events",
    where: attribution.where === undefined ? null : ofEvents("where", "bool"),
    conversion: ofEvents("conversion", "bool"),
    order_id: ofEvents("order_id", "text"),
    revenue: ofEvents("revenue"),
    url: ofEvents("url", "text"),
    referrer: ofEvents("referrer", "text"),
    touch: planTouch(planning, plan, attribution),
    channels: planChannels(planning, plan, attribution.channels, [...path, "channels"]),
    lookback: durationMicros(attribution.lookback) ?? 0
  }
  if (made.revenue.type !== "int64" && made.revenue.type !== "double") {
    const hint = made.revenue.type === "text" ? { hint: "cast it, as in x::double" } : {}
    planning.problem([...path, "revenue"], `revenue is a number, and this is ${made.revenue.type}`, hint)
  }
  const user = plan.validate.user.name
  if (attributionColumns(made, user).filter((column) => column.name === user).length > 1) {
    planning.problem(["event", "user", "as"], `"${user}" is ${added}`, { hint: otherName })
  }
  return made
}

const texts = (names: ReadonlyArray<string>) => names.map((name) => ({ name, type: "text" as const }))

/** Where a touch came from: what its address says, else who is paid for it, else who referred to it. */
const planTouch = (planning: Planning, plan: Plan, { no_referrer }: AttributionSpec): Attribution["touch"] => {
  const scope = rowScope(new ColumnNames(texts(["url", "referrer"]), plan.validate), "text")
  const param = (key: string) => `nullif(url_param(url, ${quotedText(key)}), '')`
  const host = "regexp_replace(url_host(referrer), '^www\\.', '')"
  const ignored = no_referrer.map((text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/^www\./, "")
  )
  const isIgnored = ignored.map(
    (one) => ` and ${host} <> ${quotedText(one)} and not ends_with(${host}, ${quotedText(`.${one}`)})`
  )
  const cases = (tagged: string, paid: (source: string) => string, referred: string) => {
    const clicks = Object.entries(clickIds).map(
      ([key, source]) => ` when ${param(key)} is not null then ${paid(source)}`
    )
    const isTagged = `${param("utm_source")} is not null or ${param("utm_medium")} is not null`
    const text = `case when ${isTagged} then ${tagged}${clicks.join("")} when ${host} is not null${isIgnored.join("")} then ${referred} end`
    return planning.check(text, [], scope).tree
  }
  return {
    source: cases(`lower(${param("utm_source")})`, quotedText, host),
    medium: cases(
      `lower(${param("utm_medium")})`,
      () => "'cpc'",
      `case when source_kind(${host}) = 'search' then 'organic' else 'referral' end`
    ),
    campaign: planning.check(param("utm_campaign"), [], scope).tree
  }
}

const planChannels = (
  planning: Planning,
  plan: Plan,
  own: AttributionSpec["channels"],
  path: ReadonlyArray<string>
): Attribution["channels"] => {
  const scope = rowScope(new ColumnNames(texts(["source", "medium", "campaign"]), plan.validate), "bool")
  return Object.entries(own ?? defaultChannels).map(([channel, text]) => {
    const at = [...path, channel]
    // Maps put such keys first, wherever they are written.
    if (/^\d+$/.test(channel))
      planning.problem(at, `a channel has a word as its name, not the number ${channel}`, { key: true })
    return { name: channel, value: planning.check(text, at, scope).tree }
  })
}
