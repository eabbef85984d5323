import { assert, describe, it } from "@effect/vitest"
import { sourceKind, sourceKinds } from "../../src/channels/sourceKinds.ts"
import { runSpec } from "../support/runSpec.ts"

describe("the kind of a source", () => {
  it.each([
    ["google", "search"],
    ["Google", "search"],
    ["www.google.com", "search"],
    ["google.co.uk", "search"],
    ["www.google.com.au", "search"],
    ["docs.google.com", undefined],
    ["groups.google.com", "social"],
    ["shopping.google.com", "shopping"],
    ["google.evil.example", undefined],
    ["notgoogle.com", undefined],
    ["de.search.yahoo.com", "search"],
    ["finance.yahoo.com", undefined],
    ["duckduckgo.com", "search"],
    ["html.duckduckgo.com", "search"],
    ["fb", "social"],
    ["l.facebook.com", "social"],
    ["facebook.com", "social"],
    ["myfacebook.com", undefined],
    ["facebook.com.evil.example", undefined],
    ["t.co", "social"],
    ["at.co", undefined],
    ["www.pinterest.co.uk", "social"],
    ["m.youtube.com", "video"],
    ["youtu.be", "video"],
    ["www.amazon.co.jp", "shopping"],
    ["smile.amazon.de", "shopping"],
    ["shop.example", undefined],
    ["", undefined],
    [".", undefined]
  ] as const)("%s is %s", (source, kind) => {
    assert.strictEqual(sourceKind(source), kind)
  })

  it("is said of no source by two lists, nor twice", () => {
    const all = Object.values(sourceKinds).flatMap((list) => list.split(/\s+/))
    assert.deepStrictEqual(all, [...new Set(all)])
    for (const entry of all) assert.match(entry, /^\.?[a-z0-9+-]+(?:\.[a-z0-9-]+)*(?:\.\*)?$/)
  })
})

const spec = `event: { user: u, time: t, type: kind, columns: { url: url, referrer: referrer } }
sessions: { gap: 1h }
tables:
  a: { attribution: { conversion: type = 'buy', order_id: user, revenue: '1', url: url, referrer: referrer, no_referrer: [own.example] } }
`

/** The channel that a first page leads to. */
const channelOf = (query: string, referrer: string | null): string => {
  const rows = [
    { u: "a", t: "2024-07-10T10:00:00Z", kind: "page", url: `https://own.example/${query}`, referrer },
    { u: "a", t: "2024-07-10T10:01:00Z", kind: "buy" }
  ]
  return String(runSpec(spec, rows).table("a")[0].channel)
}

const utm = (source: string, medium: string, campaign = "c"): string =>
  `?utm_source=${source}&utm_medium=${medium}&utm_campaign=${campaign}`

describe("the default channels", () => {
  it.each([
    ["", null, "Direct"],
    ["", "https://own.example/a", "Direct"],
    ["", "https://checkout.own.example/a", "Direct"],
    ["", "", "Direct"],
    [utm("google", "cpc", "all-cross-network-1"), null, "Cross-network"],
    [utm("ebay", "cpc"), null, "Paid Shopping"],
    [utm("other", "ppc", "Shop+Week"), null, "Paid Shopping"],
    [utm("other", "ppc", "workshop"), null, "Paid Other"],
    [utm("other", "ppc", "eshop"), null, "Paid Shopping"],
    [utm("bing", "paidsearch"), null, "Paid Search"],
    ["?gclid=1", "https://www.google.com/", "Paid Search"],
    ["?msclkid=1", null, "Paid Search"],
    [utm("ig", "paid_social"), null, "Paid Social"],
    [utm("tiktok", "cpv-cpc"), null, "Paid Video"],
    [utm("other", "banner"), null, "Display"],
    [utm("other", "retargeting"), null, "Paid Other"],
    ["", "https://www.etsy.com/x", "Organic Shopping"],
    ["", "https://out.reddit.com/", "Organic Social"],
    [utm("other", "social"), null, "Organic Social"],
    ["", "https://www.youtube.com/watch", "Organic Video"],
    [utm("other", "in-video"), null, "Organic Video"],
    ["", "https://www.google.fr/", "Organic Search"],
    [utm("other", "organic"), null, "Organic Search"],
    ["", "https://blog.example/", "Referral"],
    [utm("other", "link"), null, "Referral"],
    [utm("newsletter", "E-Mail"), null, "Email"],
    [utm("email", "x"), null, "Email"],
    [utm("other", "affiliate"), null, "Affiliates"],
    [utm("other", "audio"), null, "Audio"],
    [utm("sms", "x"), null, "SMS"],
    [utm("other", "web_push"), null, "Mobile Push Notifications"],
    [utm("firebase", "x"), null, "Mobile Push Notifications"],
    [utm("other", "x"), null, "Unassigned"],
    [utm("other", ""), "https://www.google.com/", "Unassigned"]
  ])("%s from %s is %s", (query, referrer, channel) => {
    assert.strictEqual(channelOf(query, referrer), channel)
  })
})
