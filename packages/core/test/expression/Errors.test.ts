import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { Scope } from "../../src/expression/Scope.ts"
import { types } from "./columns.ts"
import { check, scopeOf } from "./evaluate.ts"

const scope: Scope = {
  ...scopeOf({ ...types, page_url: "text", end: "text", l: "list" }),
  bindings: (name) => name === "KEY"
}
const withMeasures: Scope = {
  ...scopeOf({ user: "text", total: "double" }, { measures: true, windows: false, over: false }),
  inner: scopeOf(types)
}
const withWindows: Scope = scopeOf(types, { measures: false, windows: true, over: true })

/** An expression whose fault stands between « and » (nothing between them: at that place), what is said, and the hint. */
type Fault = readonly [marked: string, message: string, hint?: string]

const faults = (name: string, rows: ReadonlyArray<Fault>, within = scope) => {
  it.each(rows.map(([marked, message, hint]) => ({ marked, message, hint })))(
    `${name}: $marked`,
    ({ hint, marked, message }) => {
      const result = check(marked.replace(/[«»]/g, ""), within)
      assert.isTrue(Result.isFailure(result), "there should be an error")
      if (Result.isSuccess(result)) return
      const { failure } = result
      assert.deepStrictEqual(
        { message: failure.message, hint: failure.hint, from: failure.from, to: failure.to },
        { message, hint, from: marked.indexOf("«"), to: marked.indexOf("»") - 1 }
      )
      assert.strictEqual(failure._tag, "ExpressionError")
    }
  )
}

/** Columns of the scope of rows. */
const rowNames = "t, j, b, i, d, ts, day, v, nt, nj, nb, ni, nd, nts, nday, nv"

describe("an expression that cannot be read", () => {
  faults("quotes", [
    ["t = «'abc»", "this text has no closing quote '"],
    ["«'it''s»", "this text has no closing quote '"],
    ['«"User ID»', 'this name has no closing quote "'],
    ['t = «""»', "a name cannot be empty", "the empty text is ''"],
    ["t = 'it' «'s'»", "expected the end of the expression, found 's'", "a quote inside a text is written twice: ''"],
    ['t = «"abc"»', "unknown column abc", "text is written in single quotes: 'abc'"]
  ])
  faults("stray signs", [
    ["i «;»", "stray ;", "one expression stands alone, without a semicolon"],
    ["b «&»& b", "stray &", "write and"],
    ["«!»b", "stray !", "write not x, or x <> y"],
    ["i =«=» 7", "stray =", "= compares"],
    ["«{»i}", "stray {", "a parameter is written ${NAME}"],
    ["j«[»0]", "stray [", "write json_extract(x, '$[0]') for a part of a JSON value"],
    ["t «~» 'x'", "stray ~", "write regexp_matches(x, 'pattern')"],
    ["«\u{1f600}»", "stray \u{1f600}"],
    ["i «i»", "expected the end of the expression, found i"],
    ["i + «»", "expected an expression, found the end"],
    ["«»", "expected an expression, found the end"],
    ["«*» 2", "expected an expression, found *"],
    ["«+»2", "expected an expression, found +", "leave out the sign +"],
    ["«12abc»", "12abc is neither a number nor a name", 'a column of this name is written "12abc"'],
    ["«${1}»", "${1} names no parameter", "write it as ${NAME}, in letters, digits and _"],
    ["t = «end»", "expected an expression, found end", 'a column of this name is written "end"'],
    ["t.«»", "expected a name after the dot, found the end"]
  ])
  faults("parentheses and commas", [
    ["((i + 1)«»", "expected ) to close the ( at character 1, found the end"],
    ["i + 1«)»", "expected the end of the expression, found )", "this parenthesis was never opened"],
    ["lower(t«»", "expected , or ) to close the ( at character 6, found the end"],
    ["t in ('a', 'b'«»", "expected , or ) to close the ( at character 6, found the end"],
    ["t in «'a'»", "expected (, found 'a'", "write in ('a', 'b')"],
    ["lower(t,«)»", "expected an expression after the comma, found )"],
    ["lower(«,» t)", "expected an expression, found ,", "a comma stands between the arguments of a function only"],
    [
      "i«,» d",
      "expected the end of the expression, found ,",
      "a comma stands between the arguments of a function only"
    ],
    ["(i«,» d)", "expected ) to close the ( at character 1, found ,", "a list in parentheses stands after in only"],
    ["coalesce(t «'x'»)", "expected , or ) to close the ( at character 9, found 'x'"],
    ["t in («)»", "expected an expression, found )"]
  ])
  faults("words", [
    ["case i «end»", "expected when, found end"],
    ["case when b «else» 1 end", "expected then, found else"],
    ["case when b then 1«»", "expected end to close the case at character 1, found the end"],
    ["i between 1 «or» 2", "expected and, found or", "write x between low and high"],
    ["i not «=» 1", "expected in, like or between after not, found ="],
    ["i is «7»", "expected null or distinct from, found 7", "compare with = or <>"],
    ["i is distinct «7»", "expected from, found 7"],
    ["i = 1 «=» 1", "a comparison cannot be followed by =", "join two with and"],
    ["1 < i «<» 9", "a comparison cannot be followed by <", "join two with and"],
    ["t::«strng»", "unknown type strng, expected text, bool, int64, double, timestamp, date, interval or json"],
    [
      "t::«dubble»",
      "unknown type dubble, expected text, bool, int64, double, timestamp, date, interval or json",
      "did you mean double?"
    ],
    ["t::«»", "expected a type: text, bool, int64, double, timestamp, date, interval or json, found the end"],
    ["cast(t«,» int64)", "expected as, found ,", "write cast(x as int64)"],
    [
      "first(t «ignore» nulls)",
      "expected ), found ignore",
      "ignore nulls follows the parenthesis: first(x) ignore nulls"
    ],
    ["count(*) filter («b»)", "expected where, found b", "write filter (where …)"]
  ])
})

describe("an expression that makes no sense", () => {
  faults("names", [
    ["«pge_url» = 'x'", "unknown column pge_url", "did you mean page_url?"],
    ["«payload.id»", "unknown column payload.id", `columns here are ${rowNames}, page_url, end, l`],
    ["«i.x»", "i is int64 and has no part x"],
    ["«lowr»(t)", "unknown function lowr", "did you mean lower?"],
    ["«substring»(t, 1)", "unknown function substring", "write substr(x, from, length)"],
    ["«now»()", "unknown function now", "an expression does not know the time: a result depends on its input only"],
    ["«if»(b, 1, 2)", "unknown function if", "write case when a then b else c end"],
    ["«${OTHER}»", "there is no parameter OTHER"]
  ])
  faults("types", [
    ["1 + («t + 1»)", "+ cannot take text and int64", "cast the text, as in x::int64"],
    ["«t + t»", "+ cannot take text and text", "texts are joined with ||"],
    ["«t = 1»", "= cannot take text and int64", "cast the text, as in x::int64"],
    ["«1 = t»", "= cannot take int64 and text", "cast the text, as in x::int64"],
    ["«day = ts»", "= cannot take date and timestamp", "take the date of the timestamp, as in date(x)"],
    ["«ts + 1»", "+ cannot take timestamp and int64", "cast one of them, as in x::text"],
    ["«ts + ts»", "+ cannot take timestamp and timestamp", "cast one of them, as in x::text"],
    ["«interval '1h' - ts»", "- cannot take interval and timestamp", "cast one of them, as in x::text"],
    ["«2 / v»", "/ cannot take int64 and interval", "cast one of them, as in x::text"],
    ["«b < 1»", "< cannot take bool and int64", "cast one of them, as in x::text"],
    ["t in ('a', «1»)", "in cannot take text and int64", "cast the text, as in x::int64"],
    ["coalesce(i, d, «t»)", "coalesce cannot take double and text", "cast the text, as in x::double"],
    ["case when b then 1 when b then «t» end", "case cannot take int64 and text", "cast the text, as in x::int64"],
    ["case i when «'a'» then 1 end", "case cannot take int64 and text", "cast the text, as in x::int64"],
    ["«i» and b", "and needs bool, found int64", "compare it with something, as in x = 1"],
    ["not «t»", "not needs bool, found text", "compare it with something, as in x = 1"],
    ["case when «i» then 1 end", "when needs bool, found int64", "compare it with something, as in x = 1"],
    ["t || «i»", "|| needs text, found int64", "cast it, as in x::text"],
    ["«i» like 'x'", "like needs text, found int64", "cast it, as in x::text"],
    ["-«t»", "- needs a number or an interval, found text"],
    ["lower(«i»)", "lower needs text, found int64", "cast it, as in x::text"],
    ["abs(«t»)", "abs needs a number, found text", "cast the text, as in x::double"],
    ["hour(«day»)", "hour needs timestamp, found date", "cast it, as in x::timestamp"],
    ["year(«t»)", "year needs a timestamp or a date, found text", "cast the text, as in x::timestamp"],
    ["json_extract(«i», 'a')", "json_extract needs text or json, found int64"],
    ["«l» = l", "= cannot take a list", "a list can be tested with is null only"],
    ["«i::date»", "int64 cannot be cast to date"],
    ["«i::timestamp»", "int64 cannot be cast to timestamp", "write to_timestamp(x) for seconds since 1970"],
    ["«v::int64»", "interval cannot be cast to int64", "write seconds(x)"],
    ["«ts::int64»", "timestamp cannot be cast to int64", "write epoch_ms(x) for milliseconds since 1970"]
  ])
  faults("numbers of arguments", [
    ["«lower()»", "lower takes 1 argument, found 0"],
    ["«lower(t, t)»", "lower takes 1 argument, found 2"],
    ["«substr(t)»", "substr takes 2 to 3 arguments, found 1"],
    ["«concat()»", "concat takes at least 1 argument, found 0"],
    ["«nullif(t)»", "nullif takes 2 arguments, found 1"],
    ["«coalesce()»", "coalesce takes at least 1 argument, found 0"]
  ])
  faults("literals", [
    [
      "ts > «'2024-07-10'»",
      "'2024-07-10' is no timestamp: expected a time such as 2024-07-10T10:00:00Z",
      "write the time of day too, or compare with date(x)"
    ],
    ["day = «'2024-02-30'»", "'2024-02-30' is no date: expected a date such as 2024-07-10"],
    [
      "day = «'2024-07-10T10:00Z'»",
      "'2024-07-10T10:00Z' is no date: expected a date such as 2024-07-10",
      "leave out the time of day"
    ],
    [
      "ts - «interval '1 month'»",
      "'1 month' is no interval: expected an interval such as 30 minutes, 1h 30m or 7 days",
      "months and years have no fixed length: write days"
    ],
    ["ts + «'soon'»", "'soon' is no interval: expected an interval such as 30 minutes, 1h 30m or 7 days"],
    ["i = «9223372036854775808»", "9223372036854775808 is beyond 64 bits", "write 9223372036854775808.0 for a double"],
    ["«1e999»", "1e999 is beyond the largest double"],
    ["regexp_matches(t, «'(a'»)", "regexp_matches: missing closing ): `(a`"],
    ["regexp_matches(t, «'(?=a)'»)", "regexp_matches: invalid or unsupported Perl syntax: `(?=`"],
    ["regexp_matches(t, «t»)", "regexp_matches needs a text in single quotes here, not an expression"],
    ["regexp_extract(t, '(a)', «2»)", "regexp_extract: the pattern has groups 1 to 1, not 2"],
    ["regexp_extract(t, 'a', «1»)", "regexp_extract: the pattern has no group 1"],
    ["regexp_replace(t, 'a', «'\\1'»)", "regexp_replace: the pattern has no group 1"],
    ["regexp_replace(t, 'a', 'b', «'i'»)", "regexp_replace: expected 'g', to replace every match"],
    ["json_extract(j, «'a..b'»)", "json_extract: expected a path such as '$.page.id', 'page.id' or '$.items[0]'"],
    [
      "date_trunc(«'fortnight'», ts)",
      "date_trunc: expected 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'"
    ],
    [
      "strftime(ts, «'%Q'»)",
      "strftime: %Q is no part of a time; there are %Y %y %m %B %b %d %j %A %a %u %H %I %p %M %S %f %z %%"
    ],
    ["round(d, «16»)", "round: expected 0 to 15 decimals"],
    ["round(d, «i»)", "round needs a whole number here, not an expression"],
    ["t like 'x' escape «'ab'»", "escape needs one character in single quotes"]
  ])
  faults("measures and windows where there are none", [
    ["1 + «count»(*)", "count is a measure, and there is no group of rows to measure here"],
    ["«next»(t)", "next looks at a user's other rows, which cannot be done here"],
    ["«lower»(distinct t)", "distinct goes with measures; lower is none"],
    ["«lower»(*)", "lower cannot take *"],
    ["«lower»(t) filter (where b)", "filter goes with measures; lower is none"],
    ["«lower»(t) ignore nulls", "ignore nulls goes with measures; lower is none"]
  ])
})

describe("a measure that makes no sense", () => {
  faults(
    "measures",
    [
      ["«sum»(distinct i)", "distinct goes with count and list only"],
      ["«sum»(*)", "only count takes *", "write sum(x)"],
      ["«sum»(i) ignore nulls", "ignore nulls goes with first and last only", "sum skips nulls anyway"],
      ["«list»(t)", "list needs distinct", "write list(distinct x)"],
      ["list(distinct «i»)", "list(distinct x) needs text, found int64", "cast it, as in x::text"],
      ["sum(«t»)", "sum needs int64, double or interval, found text", "cast it, as in x::double"],
      ["median(«b»)", "median needs int64, double, interval or timestamp, found bool"],
      ["quantile(d, «1.5»)", "the second argument of quantile is a number from 0 to 1"],
      ["quantile(d, «i»)", "the second argument of quantile is a number from 0 to 1"],
      ["«quantile(d)»", "quantile takes 2 arguments, found 1"],
      ["min(«b»)", "min cannot take bool", "write all(x)"],
      ["any(«i»)", "any needs bool, found int64", "compare it with something, as in x = 1"],
      ["count(*) filter (where «i»)", "filter needs bool, found int64", "compare it with something, as in x = 1"],
      ["active_time(«i»)", "the cap of active_time is an interval such as interval '5 minutes'"],
      [
        "active_time(«'-5m'»)",
        "the cap of active_time is an interval such as interval '5 minutes'",
        "it cannot be negative"
      ],
      [
        "active_time('5m', «t»)",
        "the measured seconds of active_time needs double, found text",
        "cast it, as in x::double"
      ],
      ["«avg_gap(i)»", "avg_gap takes no arguments, found 1"],
      ["sum(«count»(*))", "count cannot stand inside sum"],
      ["«i» + count(*)", "unknown column i", "it has a value per row: put it into a measure, as in first(i)"],
      ["sum(«total»)", "unknown column total", `columns here are ${rowNames}`],
      ["«cuont»(*)", "unknown function cuont", "did you mean count?"]
    ],
    withMeasures
  )
  faults(
    "windows",
    [
      ["next(«previous»(t))", "previous cannot stand inside next"],
      ["«number(i)»", "number takes no arguments, found 1"]
    ],
    withWindows
  )
})

describe("an expression of a wanted type", () => {
  faults("bool", [["«i»", "this needs bool, found int64", "compare it with something, as in x = 1"]], {
    ...scope,
    type: "bool"
  })
  faults(
    "interval",
    [["«'soon'»", "'soon' is no interval: expected an interval such as 30 minutes, 1h 30m or 7 days"]],
    {
      ...scope,
      type: "interval"
    }
  )
})
