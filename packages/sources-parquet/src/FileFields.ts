import { type FileMetaData, parquetSchema, type SchemaTree } from "hyparquet"
import { getMaxDefinitionLevel, getMaxRepetitionLevel, isListLike, isMapLike } from "hyparquet/src/schema.js"

/** A column of a file: a leaf of its schema. */
export interface Leaf {
  /** Its place among the columns of every row group. */
  readonly column: number
  /** From the root of the schema. */
  readonly nodes: ReadonlyArray<SchemaTree>
  readonly node: SchemaTree
  /** The definition level of a value that is there. */
  readonly definition: number
  /** The most that the repetition level can be: 0 for a column with at most one value a record. */
  readonly repetition: number
}

/** A field of the records: a leaf, a struct, a list or a map. */
export interface FileField {
  /** As a path with dots. */
  readonly path: string
  readonly node: SchemaTree
  readonly leaves: ReadonlyArray<Leaf>
}

/** Deeper schemas than this are refused, for nobody means them. */
const mostDepth = 100

/** All fields in the order of the file: each top-level one, followed by those inside it if it is a struct. */
export const fileFields = (footer: FileMetaData): ReadonlyArray<FileField> => {
  const root = schemaOf(footer)
  let columns = 0
  const fields: Array<FileField> = []
  /** `isNamed`: records have a field of this path. */
  const visit = (nodes: ReadonlyArray<SchemaTree>, node: SchemaTree, isNamed: boolean): ReadonlyArray<Leaf> => {
    if (nodes.length > mostDepth) throw new Error(`its schema is nested deeper than ${mostDepth} levels`)
    const path = [...nodes, node]
    const at = fields.length
    const hasFields = isNamed && isStruct(node)
    const leaves = isLeaf(node)
      ? [leafOf(columns++, path)]
      : node.children.flatMap((child) => visit(path, child, hasFields))
    if (isNamed) fields.splice(at, 0, { path: node.path.join("."), node, leaves })
    return leaves
  }
  for (const child of root.children) visit([root], child, true)
  return fields
}

const schemaOf = (footer: FileMetaData): SchemaTree => {
  try {
    return parquetSchema(footer)
  } catch (cause) {
    throw new Error("its schema cannot be read", { cause })
  }
}

const isLeaf = ({ children, element }: SchemaTree): boolean => children.length === 0 && element.type !== undefined

const isStruct = (node: SchemaTree): boolean =>
  node.children.length > 0 && node.element.repetition_type !== "REPEATED" && !isListLike(node) && !isMapLike(node)

const leafOf = (column: number, nodes: ReadonlyArray<SchemaTree>): Leaf => ({
  column,
  nodes,
  node: nodes[nodes.length - 1],
  definition: getMaxDefinitionLevel([...nodes]),
  repetition: getMaxRepetitionLevel([...nodes])
})
