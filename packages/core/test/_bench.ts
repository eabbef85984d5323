import { column, tableOf } from "./support/table.ts"
import { checked, scopeOf } from "./expression/evaluate.ts"
import { compileExpression } from "../src/expression/Evaluate.ts"
const n = 1_000_000
const r = (k: number) => Math.floor(Math.random() * k)
const arr = <A>(f: (i: number) => A) => Array.from({ length: n }, (_, i) => f(i))
const batch = tableOf({
  t: column.text(arr(() => `word${r(100)}`)), url: column.text(arr((i) => `https://example.com/chapter/${i}/x?utm_source=a${r(10)}&y=1`)),
  u: column.text(arr(() => r(5) ? `page${r(1000)}` : null)),
  i: column.int64(arr(() => BigInt(r(1000)))), k: column.int64(arr(() => BigInt(r(1000)))), d: column.double(arr(() => r(1e6) / 7)), e: column.double(arr(() => r(1e6) / 7)),
  ts: column.timestamp(arr((i) => 1720606830500000n + BigInt(i) * 1000000n)), tt: column.text(arr((i) => new Date(1720606830500 + i * 1000).toISOString())), js: column.text(arr((i) => `{"a":{"b":${i % 1000}},"c":"x"}`)), num: column.text(arr(() => String(r(100000))))
})
const types: any = { t: "text", url: "text", u: "text", i: "int64", k: "int64", d: "double", e: "double", ts: "timestamp", tt: "text", js: "text", num: "text" }
for (const x of ["i", "t", "t = 'word7'", "lower(t)", "t in ('word1','word2')", "i + k", "i * k", "i % 7", "i > 500", "d * e + 1", "d / i", "i = k and t = 'word3' or d > 3", "case when i > 500 then t else u end", "coalesce(u, t)", "case when t = 'word1' then 1 when t='word2' then 2 else i end", "t || u", "t = u", "ts + interval '1h'", "date(ts)", "hour(ts)", "date_trunc('day', ts)", "strftime(ts, '%Y-%m')", "tt::timestamp", "num::int64", "num::double", "js.a.b::int64", "regexp_extract(url, '/chapter/([^/]+)', 1)", "url_param(url, 'utm_source')", "url_path(url)", "sha256(t)", "sha256(url)", "round(d, 2)", "i is null", "i in (1,2,3)", "i between 3 and k", "upper(url)", "length(url)", "d::int64", "i::text"]) {
  const { tree } = checked(x, scopeOf(types))
  const f = compileExpression(tree, new Map(), "Europe/Berlin")
  const times: number[] = []
  for (let j = 0; j < 3; j++) { const s = performance.now(); const { failed } = f(batch); if (failed) console.log(failed.reason); times.push(performance.now() - s) }
  console.log(x.padEnd(60), times.map((t) => t.toFixed(0)).join(" "))
}
