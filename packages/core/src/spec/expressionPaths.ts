import type { Path } from "./SpecDocument.ts"

/**
 * Where expressions stand in a spec; `*` is any key. In an expression `${NAME}` is a parameter that is bound when the
 * plan runs: nothing is put into its text.
 */
const patterns = [
  ...["id", "user", "time", "type"].flatMap((role) => [
    `event ${role}`,
    `event ${role} *`,
    `event ${role} value`,
    `event ${role} value *`
  ]),
  "event columns *",
  "event where",
  "event enrich * on",
  "event enrich * columns *",
  ...["gap", "start", "end", "passive", "columns *"].map((key) => `sessions ${key}`),
  "users columns *",
  ...["where", "having", "columns *", "add *", "by *", "by * *"].map((key) => `tables * ${key}`),
  ...["expect", "assert", "rate"].map((key) => `checks * ${key}`),
  ...["steps *", "where", "columns *"].map((key) => `tables * funnel ${key}`),
  ...["where", "by *", "by * *"].map((key) => `tables * retention ${key}`),
  ...["success", "by *", "by * *", "where", "columns *", "having"].map((key) => `tables * compare ${key}`),
  ...["conversion", "order_id", "revenue", "url", "referrer", "channels *", "where"].map(
    (key) => `tables * attribution ${key}`
  )
].map((pattern) => pattern.split(" "))

export const isExpressionPath = (path: Path): boolean =>
  patterns.some(
    (pattern) =>
      pattern.length === path.length &&
      pattern.every((key, i) => key === "*" || key === String(path[i])) &&
      !isName(path)
  )

/** `{ as: name, value: … }` */
const isName = (path: Path): boolean => path.length === 3 && path[0] === "event" && path[2] === "as"
