/** A part of JSON Schema, as OpenAPI documents have it. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | ReadonlyArray<string>
  readonly enum?: ReadonlyArray<unknown>
  readonly const?: unknown
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema | boolean
  readonly prefixItems?: ReadonlyArray<JsonSchema>
  readonly minimum?: number
  readonly maximum?: number
}

/** Numbers from 0 to before `most`, by a seed. */
export type Random = (most: number) => number

export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return (most) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most
  }
}

const pick = <A>(random: Random, all: ReadonlyArray<A>): A => all[random(all.length)]

const texts = [
  "",
  "a",
  "events.jsonl",
  "sessions",
  "user_id",
  "-event_count",
  "user_id = 'u1'",
  "count(*) > 1",
  "'",
  "\u0000",
  "../../etc/passwd",
  "%2e%2e",
  "🦊é\u2028",
  "__proto__",
  "{}",
  "null",
  "-1",
  "1e400",
  "9".repeat(40),
  "x".repeat(3000),
  "[".repeat(500),
  "version: 1\nname: x\nsource: {uri: x}\nevent: {user: user_id, time: event_time}\n",
  "a: &a [*a]",
  "${HOME}",
  "2024-07-10T10:00:00Z"
]

const numbers = [0, 1, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308]

/** A value for a schema; now and then another one. `known`: texts that mean something to the server, such as ids. */
export const sampleOf = (
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
  random: Random,
  known: ReadonlyArray<string>,
  depth = 0
): unknown => {
  if (random(12) === 0) return anything(random, known)
  const below = (inner: JsonSchema) => sampleOf(inner, definitions, random, known, depth + 1)
  if (schema.$ref !== undefined) return below(definitions[schema.$ref.split("/").at(-1) ?? ""] ?? {})
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return below(pick(random, choices))
  if (schema.allOf !== undefined && schema.type === undefined) return below(schema.allOf[0])
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return pick(random, schema.enum)
  switch (typeof schema.type === "string" ? schema.type : pick(random, schema.type ?? ["other"])) {
    case "string":
      return random(3) > 0 ? pick(random, known) : pick(random, texts)
    case "integer":
      return random(2) === 0 ? (schema.minimum ?? 0) + random(3) : Math.trunc(pick(random, numbers))
    case "number":
      return pick(random, numbers)
    case "boolean":
      return random(2) === 0
    case "null":
      return null
    case "array": {
      const items = schema.prefixItems?.[0] ?? (typeof schema.items === "object" ? schema.items : {})
      return depth > 5 ? [] : Array.from({ length: random(4) }, () => below(items))
    }
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? { [pick(random, texts)]: {} })
          .filter(([name]) => (schema.required?.includes(name) ?? false) || random(4) === 0)
          .map(([name, inner]) => [name, below(inner)])
      )
    default:
      return anything(random, known)
  }
}

const anything = (random: Random, known: ReadonlyArray<string>): unknown =>
  pick(random, [
    null,
    true,
    pick(random, numbers),
    pick(random, texts),
    pick(random, known),
    [],
    {},
    [pick(random, texts)],
    { [pick(random, texts)]: pick(random, texts) }
  ])
