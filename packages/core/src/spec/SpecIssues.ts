import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { didYouMean, nearest } from "../text/Nearest.ts"
import { columnText } from "./Column.ts"
import type { Path, SpecDocument } from "./SpecDocument.ts"
import type { SpecProblem } from "./SpecError.ts"

/** Where problems get their places from. */
export type Locator = Pick<SpecDocument, "problem">

/** What a schema found wrong, as problems at their places in the text: what was expected, and the nearest word. */
export const specProblems = (document: Locator, issue: SchemaIssue.Issue): ReadonlyArray<SpecProblem> => {
  const problems: Array<SpecProblem> = []
  walk(document, issue, [], undefined, problems)
  return problems.sort((a, b) => a.line - b.line || a.column - b.column)
}

const walk = (
  document: Locator,
  issue: SchemaIssue.Issue,
  path: Path,
  expected: string | undefined,
  problems: Array<SpecProblem>
): void => {
  switch (issue._tag) {
    case "Pointer":
      return walk(document, issue.issue, [...path, ...issue.path], undefined, problems)
    case "Encoding":
      return walk(document, issue.issue, path, expected, problems)
    case "Composite": {
      const known = issue.ast._tag === "Objects" ? keys(issue.ast) : []
      const unexpected = issue.issues.flatMap((child) => keyOf(child, "UnexpectedKey"))
      const meant = new Set(unexpected.map((key) => nearest(key, known)))
      for (const child of issue.issues) {
        // A mistyped key is one mistake, not a missing and an unknown one.
        if (keyOf(child, "MissingKey").some((key) => meant.has(key))) continue
        if (isMiddleOfCut(child, issue.issues)) continue
        if (keyOf(child, "UnexpectedKey").length === 0) walk(document, child, path, expected, problems)
      }
      for (const key of unexpected) {
        if (!isReported(key, problems)) problems.push(unexpectedKey(document, [...path, key], known))
      }
      return
    }
    case "AnyOf": {
      const inner = expectedOf(issue.ast) ?? expected
      // A map was given, or a list: what is wrong inside of it says more than "expected a or b".
      const deeper = isMapOrList(issue) ? likeliest(issue.issues, issue.input) : undefined
      if (deeper !== undefined) return walk(document, deeper, path, inner, problems)
      const message = mismatch(issue, inner ?? alternatives(issue.ast), literals(issue.ast))
      problems.push(document.problem(path, message, hintFor(issue.input, inner)))
      return
    }
    case "Filter": {
      const inner = expectedOf(issue.filter) ?? expected
      problems.push(document.problem(path, mismatch(issue, inner), hintFor(issue.input, inner)))
      return
    }
    case "MissingKey": {
      const key = path.at(-1)
      const message =
        typeof key === "number" ? "expected at least one value, found an empty list" : `missing "${String(key)}"`
      problems.push(document.problem(path.slice(0, -1), message))
      return
    }
    case "InvalidType":
      if (isReported(path.at(-1), problems)) return
      if (restOfCut(path.at(-1))) {
        const message = `"${String(path.at(-1))}" is the rest of an expression that was cut at its comma`
        problems.push(document.problem(path, message, { key: true, ...commaTrap }))
        return
      }
      problems.push(document.problem(path, mismatch(issue, expectedOf(issue.ast) ?? expected ?? typeName(issue.ast))))
      return
    default:
      problems.push(document.problem(path, mismatch(issue, expected ?? "another value")))
  }
}

/** The key of an issue, if it is one of that kind. */
const keyOf = (issue: SchemaIssue.Issue, kind: "MissingKey" | "UnexpectedKey"): ReadonlyArray<string> =>
  issue._tag === "Pointer" && issue.issue._tag === kind ? [String(issue.path.at(-1))] : []

/** YAML cuts `{ x: f(a, b) }` at the comma, unless the expression is quoted. */
const commaTrap = { hint: "an expression with a comma inside { } must be quoted" }
const cutAtComma = (value: string): boolean => /\([^)]*$/.test(value)
const restOfCut = (key: unknown): boolean => typeof key === "string" && /^[^(]*\)/.test(key)

/** `f(a, b, c)` is cut into three keys: the last one tells. */
const isMiddleOfCut = (issue: SchemaIssue.Issue, siblings: ReadonlyArray<SchemaIssue.Issue>): boolean => {
  const key = pointed(issue)
  if (key === undefined || restOfCut(key) || issue._tag !== "Pointer") return false
  const isNothing = SchemaIssue.hasInput(issue.issue) && issue.issue.input === null
  return isNothing && siblings.some((sibling) => restOfCut(pointed(sibling)))
}

const pointed = (issue: SchemaIssue.Issue): PropertyKey | undefined =>
  issue._tag === "Pointer" ? issue.path.at(-1) : undefined

/** Whether a key is only the rest of an expression whose first part has been reported. */
const isReported = (key: unknown, problems: ReadonlyArray<SpecProblem>): boolean =>
  restOfCut(key) && problems.some(({ hint }) => hint === commaTrap.hint)

const hintFor = (value: unknown, expected: string | undefined): { readonly hint?: string } => {
  if (typeof value !== "string") return {}
  if (cutAtComma(value)) return commaTrap
  return expected?.startsWith("a column")
    ? { hint: `a name that is no plain word needs quotes of its own: '${columnText(value)}'` }
    : {}
}

const unexpectedKey = (document: Locator, path: Path, known: ReadonlyArray<string>): SpecProblem => {
  const key = String(path.at(-1))
  const hint = restOfCut(key) ? commaTrap : tableHint(path, known)
  const message = `unknown "${key}"${didYouMean(key, known)}; expected ${oneOf(known)}`
  return document.problem(path, message, { key: true, ...hint })
}

const analyses = ["funnel", "retention", "compare", "attribution"]
const ofTables = ["from", "where", "by", "columns", "having", "order", "limit"]

/** A table is of one kind, and an analysis has no keys of other tables. */
const tableHint = (path: Path, known: ReadonlyArray<string>): { readonly hint?: string } => {
  const [tables, name, key] = path.slice(-3).map(String)
  if (tables !== "tables") return {}
  if (analyses.includes(key)) return { hint: `a table is of one kind: ${key}: { … } has no key beside it` }
  return known.length === 1 && analyses.includes(known[0]) && ofTables.includes(key)
    ? { hint: `its rows are chosen and ordered by a table from it: { from: ${name}, ${key}: … }` }
    : {}
}

const mismatch = (
  issue: SchemaIssue.Issue,
  expected: string | undefined,
  words: ReadonlyArray<string> = []
): string => {
  const found = SchemaIssue.hasInput(issue) ? issue.input : undefined
  const near = typeof found === "string" ? didYouMean(found, words) : ""
  return `expected ${expected ?? "another value"}, found ${shown(found)}${near}`
}

/** A value from a spec as an error shows it. */
export const shown = (value: unknown): string => {
  if (value === undefined || value === null) return "nothing"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object") return "a map"
  return JSON.stringify(value)
}

/** `a, b or c`. */
export const oneOf = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`

const expectedOf = (annotated: { readonly annotations?: unknown } | SchemaAST.AST): string | undefined => {
  const annotations = annotated.annotations as { readonly expected?: unknown } | undefined
  return typeof annotations?.expected === "string" ? annotations.expected : undefined
}

const keys = (ast: SchemaAST.Objects): ReadonlyArray<string> => ast.propertySignatures.map(({ name }) => String(name))

const literals = (ast: SchemaAST.Union): ReadonlyArray<string> =>
  ast.types.flatMap((type) =>
    type._tag === "Literal" ? [String(type.literal)] : type._tag === "Union" ? literals(type) : []
  )

const alternatives = (ast: SchemaAST.Union): string =>
  oneOf(ast.types.map((type) => expectedOf(type) ?? typeName(type)))

const typeName = (ast: SchemaAST.AST): string => {
  switch (ast._tag) {
    case "Literal":
      return String(ast.literal)
    case "Objects":
      return "a map"
    case "Arrays":
      return "a list"
    case "String":
      return "a text"
    case "Number":
      return "a number"
    case "Boolean":
      return "true or false"
    default:
      return "another value"
  }
}

const isMapOrList = (issue: SchemaIssue.Issue) =>
  SchemaIssue.hasInput(issue) && typeof issue.input === "object" && issue.input !== null

/** Of several maps that might have been meant, the first one that knows most of the keys and lacks the fewest. */
const likeliest = (
  alternatives: ReadonlyArray<SchemaIssue.Issue>,
  input: unknown
): SchemaIssue.Composite | undefined => {
  const maps = alternatives.filter((child) => child._tag === "Composite")
  const likeness = ({ ast, issues }: SchemaIssue.Composite): number => {
    const words = ast._tag === "Objects" ? keys(ast) : []
    const given = Object.keys(input as object)
    const known = given.filter((key) => words.includes(key) || nearest(key, words) !== undefined)
    return known.length - issues.flatMap((issue) => keyOf(issue, "MissingKey")).length
  }
  return maps.toSorted((a, b) => likeness(b) - likeness(a))[0]
}
