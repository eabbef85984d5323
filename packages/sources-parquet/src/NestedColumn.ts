import { Interner } from "@sojourn/core"
import type { DecodedArray, SchemaTree } from "hyparquet"
import { assembleLists, assembleNested } from "hyparquet/src/assemble.js"
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js"
import { isListLike, isMapLike } from "hyparquet/src/schema.js"
import type { FileField, Leaf } from "./FileFields.ts"
import { type LeafText, leafText, type Value } from "./LeafText.ts"
import { type Chunk, Pages } from "./Pages.ts"

/** A row group's values of a struct, a list or a map, as JSON. */
export interface NestedCells {
  /** By row: the number of a text, -1 for null. */
  readonly codes: Int32Array
  readonly texts: Interner
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Puts the leaves of a nested field together, by hyparquet's assembly, and prints each record's value as JSON. */
export const readNested = (field: FileField, chunks: ReadonlyArray<Chunk>, rows: number, most: number): NestedCells => {
  if (field.node.element.logical_type?.type === "VARIANT") throw new Error("its type VARIANT is not read")
  const columns = new Map<string, DecodedArray>()
  for (const [i, leaf] of field.leaves.entries()) {
    columns.set(leaf.node.path.join("."), readLeaf(leaf, chunks[i], rows))
  }
  const depth = optionalsAbove(field)
  assembleNested(columns, field.node, DEFAULT_PARSERS, depth)
  const values = columns.get(field.path)
  if (values === undefined || values.length !== rows) {
    throw new Error(`it has ${values?.length ?? 0} of ${rows} rows`)
  }
  const texts = new Interner()
  const codes = new Int32Array(Math.min(rows, most))
  for (let row = 0; row < codes.length; row++) {
    let value: unknown = values[row]
    // A list of one stands for each struct above that is there, an empty one for a struct that is null.
    for (let level = 0; level < depth && Array.isArray(value); level++) value = value[0]
    if (value === null || value === undefined) codes[row] = -1
    else {
      const bytes = encoder.encode(jsonOf(value, field.node))
      codes[row] = texts.intern(bytes, 0, bytes.length)
    }
  }
  return { codes, texts }
}

/** How many of the structs that a field lies in may be null. */
const optionalsAbove = ({ leaves: [{ nodes }], node }: FileField): number =>
  nodes.slice(1, nodes.indexOf(node)).filter(({ element }) => element.repetition_type === "OPTIONAL").length

/** A leaf's values, each as its JSON token, in the lists that the levels make of them. */
const readLeaf = (leaf: Leaf, chunk: Chunk, rows: number): DecodedArray => {
  const pages = new Pages(chunk, leaf, rows)
  const text = leafText(leaf.node.element)
  const tokensOf = (values: DecodedArray) => Array.from(values as ArrayLike<Value>, (value) => tokenOf(text, value))
  const output: Array<unknown> = []
  let known: { readonly values: DecodedArray; readonly tokens: ReadonlyArray<string> } | undefined
  for (let page = pages.next(); page !== undefined; page = pages.next()) {
    let tokens: Array<string>
    if (page.isCoded) {
      const { dictionary } = pages
      if (dictionary === undefined) throw new Error("its codes have no dictionary")
      if (known?.values !== dictionary) known = { values: dictionary, tokens: tokensOf(dictionary) }
      const { tokens: all } = known
      tokens = Array.from(page.values as Int32Array, (code) => {
        if (code < 0 || code >= all.length) throw new Error(`code ${code} of a dictionary of ${all.length} values`)
        return all[code]
      })
    } else tokens = tokensOf(page.values)
    const definition = page.definition && Array.from(page.definition)
    const repetition = page.repetition === undefined ? zeros(leaf, page.entries) : Array.from(page.repetition)
    const assembled = assembleLists(output, definition, repetition, tokens, [...leaf.nodes])
    // Without levels the values come back as they are.
    if (assembled !== output) for (const value of assembled) output.push(value)
  }
  return output
}

const zeros = ({ repetition }: Leaf, entries: number): Array<number> =>
  repetition === 0 ? [] : Array.from({ length: entries }, () => 0)

const tokenOf = ({ kind, print }: LeafText, value: Value): string => {
  const text = print(value) ?? (value as Uint8Array)
  const plain = typeof text === "string" ? text : decoder.decode(text)
  if (kind === "text") return JSON.stringify(plain)
  return plain === "NaN" || plain.endsWith("Infinity") ? "null" : plain
}

/** What was put together, as JSON: leaves are tokens already. */
const jsonOf = (value: unknown, node: SchemaTree): string => {
  if (value === null || value === undefined) return "null"
  if (typeof value === "string") return value
  if (Array.isArray(value)) {
    const inner = isListLike(node) ? elementOf(node) : node
    return `[${value.map((one) => jsonOf(one, inner)).join(",")}]`
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
  if (isMapLike(node)) {
    const [, valueNode] = node.children[0].children
    // A key is a token, and a name must be a string.
    const name = (token: string) => (token.startsWith('"') ? token : JSON.stringify(token))
    return `{${entries.map(([key, one]) => `${name(key)}:${jsonOf(one, valueNode)}`).join(",")}}`
  }
  const fields = new Map(node.children.map((child) => [child.element.name, child]))
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${jsonOf(one, fields.get(name) ?? node)}`).join(",")}}`
}

/** The values of a list stand below it in one level or, as most write it, in two. */
const elementOf = ({ children: [inner] }: SchemaTree): SchemaTree =>
  inner.children.length === 1 ? inner.children[0] : inner
