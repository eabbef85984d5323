import type * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import { literalKeys } from "./Params.ts"
import { sharedKeys } from "./readSpec.ts"
import { Spec } from "./Spec.ts"

/**
 * The JSON Schema of a spec as it is written (draft 2020-12), for editors: what {@link Spec} says, and besides it
 * `{ param: name }` wherever a value or a list may stand, and `${NAME}` in every text. It accepts every good spec and
 * most bad ones not; names that do not exist are found only by `makePlan`.
 */
export const specJsonSchema = (): JsonSchema.JsonSchema => {
  const { schema } = Schema.toJsonSchemaDocument(Spec, { onExcessProperty: "error" })
  const { properties, title, description, required: _, ...rest } = schema
  const filled = Object.entries(properties as Schemas).flatMap(([key, value]) =>
    key === "steps" ? [] : [[key, literalKeys.has(key) ? value : fillable(value)] as const]
  )
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    description,
    ...rest,
    required: ["version", "name"],
    anyOf: [needing(["source", "event"]), needing(["sources", "event"]), needing(["steps"])],
    properties: { ...Object.fromEntries(filled), steps: stepsSchema(properties as Schemas) },
    $defs: definitions
  }
}

const needing = (keys: ReadonlyArray<string>): JsonSchema.JsonSchema => ({
  properties: Object.fromEntries(keys.map((key) => [key, true])),
  required: keys
})

/** A step has what a spec has, but for what is said of all of them. */
const stepsSchema = (properties: Schemas): JsonSchema.JsonSchema => {
  const own = Object.keys(properties).filter((key) => !sharedKeys.includes(key))
  return {
    description: properties.steps.description,
    type: "object",
    minProperties: 1,
    additionalProperties: {
      type: "object",
      properties: Object.fromEntries(own.map((key) => [key, { $ref: `#/properties/${key}` }])),
      additionalProperties: false
    }
  }
}

type Schemas = Readonly<Record<string, JsonSchema.JsonSchema>>

const definitions: Schemas = {
  param: {
    description: "The value of a param of this spec",
    type: "object",
    properties: { param: { type: "string" } },
    required: ["param"],
    additionalProperties: false
  },
  environment: {
    description: "A text with a value from the environment",
    type: "string",
    pattern: String.raw`\$\{[A-Za-z_]\w*\}`
  }
}

const param = { $ref: "#/$defs/param" }
const environment = { $ref: "#/$defs/environment" }

/** A schema that accepts also what may be filled in: in place of a value or list, and inside maps. */
const fillable = (schema: JsonSchema.JsonSchema): JsonSchema.JsonSchema => {
  if (schema.type === "object") return fillableMap(schema)
  const { default: value, description, ...rest } = schema
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value })
  }
  return { ...about, anyOf: [...alternatives(rest), param] }
}

const fillableMap = (schema: JsonSchema.JsonSchema): JsonSchema.JsonSchema => {
  const { additionalProperties: values, properties } = schema
  const filled = Object.entries((properties ?? {}) as Schemas).map(([key, value]) => [key, fillable(value)])
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(filled) }),
    ...(typeof values === "object" ? { additionalProperties: fillable(values as JsonSchema.JsonSchema) } : {})
  }
}

/** The forms in which a value may be written. */
const alternatives = (schema: JsonSchema.JsonSchema): ReadonlyArray<JsonSchema.JsonSchema> => {
  if (schema.anyOf !== undefined) {
    const forms = (schema.anyOf as ReadonlyArray<JsonSchema.JsonSchema>).flatMap(alternatives)
    return forms.filter((form, i) => form !== environment || forms.indexOf(form) === i)
  }
  if (schema.type === "object") return [fillableMap(schema)]
  if (schema.type === "array") {
    // The first item of a list that may not be empty is like all others.
    const { prefixItems: _, ...list } = schema
    return [{ ...list, items: fillable(schema.items as JsonSchema.JsonSchema) }]
  }
  const isLimited = schema.type === "string" && (schema.enum !== undefined || schema.pattern !== undefined)
  return isLimited ? [schema, environment] : [schema]
}
