import type { ValueType } from "../expression/Tree.ts"
import type { Output } from "../spec/Output.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { planFormat } from "./planFormat.ts"
import { namedFiles } from "./namedFiles.ts"
import { noSessions, noUsers } from "./missingTables.ts"
import type { Plan, Write } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { builtInTables, lookupNamed, type TableColumns, tableColumns } from "./Tables.ts"

/** What is written where; `plan` has all tables. */
export const planOutputs = (planning: Planning, plan: Plan): Plan["write"] =>
  Object.entries(planning.spec.outputs).flatMap(([name, output]) =>
    output.document === undefined
      ? planTableOutput(planning, plan, name, output)
      : planDocument(planning, plan, name, output, output.document)
  )

const planTableOutput = (planning: Planning, plan: Plan, name: string, output: Output): ReadonlyArray<Write> => {
  const path = ["outputs", name]
  const { format, partition = [], table = name, uri } = output
  const columns = columnsOf(planning, plan, table, output.table === undefined ? path : [...path, "table"])
  if (columns === undefined) return []
  const chosen = chosenColumns(planning, columns, output.columns, [...path, "columns"])
  checkPartition(planning, columns, chosen, partition, [...path, "partition"])
  if (partition.length > 0 && uri.includes("*")) checkNames(planning, uri, partition, path)
  return [{ output: name, table, uri, format: planFormat(format), columns: chosen, partition, member: null }]
}

/** The tables of a document, each as a part of its file. */
const planDocument = (
  planning: Planning,
  plan: Plan,
  name: string,
  output: Output,
  document: NonNullable<Output["document"]>
): ReadonlyArray<Write> => {
  const path = ["outputs", name]
  for (const key of ["table", "format", "columns", "partition"] as const) {
    if (output[key] === undefined) continue
    const message = `a document has no "${key}" of its own: it is JSON, and says so of each of its tables`
    planning.problem([...path, key], message, { key: true })
  }
  const members = Object.entries(document)
  if (members.length === 0) planning.problem([...path, "document"], "a document needs a table")
  return members.flatMap(([member, item], i): ReadonlyArray<Write> => {
    const at = [...path, "document", member]
    const { table, ...more } = typeof item === "string" ? { table: item } : item
    const columns = columnsOf(planning, plan, table, typeof item === "string" ? at : [...at, "table"])
    if (columns === undefined) return []
    const all = chosenColumns(planning, columns, more.columns, [...at, "columns"])
    const { key } = more
    if (key !== undefined) checkKey(planning, plan, table, columns, key, [...at, "key"])
    return [
      {
        output: name,
        table,
        uri: output.uri,
        format: { name: "json", options: key === undefined ? { layout: "array" } : { key } },
        columns: key === undefined || all.includes(key) ? all : [key, ...all],
        partition: [],
        member: { name: member, last: i === members.length - 1 }
      }
    ]
  })
}

/** The columns of a table that is to be written; undefined, and reported, where there is no such table. */
export const columnsOf = (planning: Planning, plan: Plan, table: string, path: Path): TableColumns | undefined => {
  const columns = tableColumns(plan, table)
  if (columns !== undefined) return columns
  const builtIn = builtInTables.filter((name) => tableColumns(plan, name))
  const lookups = plan.validate.enrich.map(({ name }) => name).filter((name) => lookupNamed(plan, name))
  const names = [...builtIn, ...lookups, ...plan.tables.map(({ name }) => name)]
  // The name of an output stands for its table.
  const key = path.length === 2
  if (table === "sessions") planning.problem(path, noSessions, { key })
  else if (table === "users") planning.problem(path, noUsers, { key })
  else planning.unknown("table", table, names, path, key)
  return undefined
}

/** The columns that are asked for, or all. */
export const chosenColumns = (
  planning: Planning,
  columns: TableColumns,
  asked: ReadonlyArray<string> | undefined,
  path: Path
): ReadonlyArray<string> => {
  const names = columns.map(({ name }) => name)
  const chosen = asked ?? names
  for (const [i, name] of chosen.entries()) {
    if (!names.includes(name)) planning.unknown("column", name, names, [...path, i])
    else if (chosen.indexOf(name) < i) planning.problem([...path, i], `"${name}" stands here twice`)
  }
  return chosen
}

const checkPartition = (
  planning: Planning,
  columns: TableColumns,
  chosen: ReadonlyArray<string>,
  partition: ReadonlyArray<string>,
  path: Path
): void => {
  for (const [i, name] of partition.entries()) {
    const place = [...path, i]
    const type = columns.find((column) => column.name === name)?.type
    if (!chosen.includes(name)) planning.unknown("column", name, chosen, place)
    else if (partition.indexOf(name) < i) planning.problem(place, `"${name}" stands here twice`)
    else if (type !== undefined && !partitionTypes.includes(type)) {
      planning.problem(place, `rows cannot be divided by "${name}", a ${type}; expected ${partitionTypes.join(", ")}`)
    }
  }
  if (partition.length > 0 && chosen.every((name) => partition.includes(name))) {
    planning.problem(path, "no column is left for the files")
  }
}

/** One value makes the name of a file. */
const checkNames = (planning: Planning, uri: string, partition: ReadonlyArray<string>, path: Path): void => {
  if (namedFiles(uri) === undefined) {
    planning.problem([...path, "uri"], `expected one * in the name of the files, such as out/*.csv, found "${uri}"`)
  } else if (partition.length > 1) {
    planning.problem(
      [...path, "partition"],
      `a * in "uri" is the value of one column, and there are ${partition.length}`
    )
  }
}

/** Types whose values are few enough, and have one text each. */
const partitionTypes: ReadonlyArray<ValueType> = ["text", "date", "int64", "bool"]

/** Names of members are texts, each of them once. */
const checkKey = (
  planning: Planning,
  plan: Plan,
  table: string,
  columns: TableColumns,
  key: string,
  path: Path
): void => {
  const column = columns.find(({ name }) => name === key)
  const declared = plan.tables.find(({ name }) => name === table)
  const by = declared?.kind === "table" ? declared.by : []
  if (column === undefined) {
    planning.unknown(
      "column",
      key,
      columns.map(({ name }) => name),
      path
    )
  } else if (by.length !== 1 || by[0].name !== key) {
    planning.problem(path, `"${key}" may be there twice: it has to be the only column in "by" of the table "${table}"`)
  } else if (!keyTypes.includes(column.type)) {
    planning.problem(path, `"${key}" is ${column.type}, and names are text; expected ${keyTypes.join(", ")}`)
  }
}

const keyTypes: ReadonlyArray<ValueType> = ["text", "date", "timestamp"]
