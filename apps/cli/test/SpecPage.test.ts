import { assert, beforeAll, describe, it } from "@effect/vitest"
import { builtInPackage } from "@sojourn/node"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"
import { buildIfStale } from "./support/command.ts"
import { directory } from "./support/directory.ts"
import { emptyOutputs } from "./support/emptyOutputs.ts"
import { csv, instants, iso, jsonLines } from "./support/records.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const page = readFileSync(join(root, "docs/spec.md"), "utf8")

/** Events of three users, a minute apart, with all the fields that the page names. */
const events = instants(60).map((instant, i) => ({
  event_id: i,
  user_id: `u${i % 3}`,
  event_time: iso(instant),
  event_type: ["login", "view", "search", "view", "purchase"][i % 5],
  page_url: `https://shop.example/p/${i % 4}?utm=x`,
  device: ["web", "ios", "android"][i % 7] ?? "web",
  price: i % 4 === 0 ? "none" : `${i}.5`,
  agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  visit: i % 10 === 0 ? `visit-${i}` : null
}))
/** One is there twice, and one is cut off. */
const records = jsonLines([...events, events[7]]) + '{"event_id":1000,\n'

const pages = csv(
  "path,title,priority",
  [0, 1, 2, 3].map((page) => [`/p/${page}`, `Page ${page}`, page])
)

/** A block of the page: a spec, or what is, or begins, a file that specs read, or that the spec before it has written. */
interface Block {
  readonly language: string
  readonly role: string | undefined
  readonly file: string
  readonly text: string
}
const blocks = [...page.matchAll(/^(`{3,4})(\w+)(?: (head|input|output)=(\S+))?\n([^]*?)^\1$/gm)].map(
  ([, , language, role, file, text]): Block => ({ language, role, file, text })
)

interface Example {
  readonly name: string
  readonly spec: string
  readonly outputs: Array<Block>
}
const examples: Array<Example> = []
for (const block of blocks) {
  if (block.role === "output") examples.at(-1)?.outputs.push(block)
  if (block.language !== "yaml") continue
  examples.push({ name: /^name: (.*)$/m.exec(block.text)?.[1] ?? "", spec: block.text, outputs: [] })
}

const given: Record<string, string> = {
  "events.jsonl": records,
  "more.log": jsonLines(events.slice(0, 2)),
  "days/date=2024-07-10/events.jsonl": records
}
for (const { file, role, text } of blocks) if (role === "input") given[file] = text

const flagsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  params: ["--days", "days.csv", "--gap", "1m", "--known"],
  daily: ["--date", "2024-07-10"]
}
const flags = ["--as-of", "2024-07-10T12:00:00Z"]

beforeAll(buildIfStale, 120_000)

describe("docs/spec.md", () => {
  it("has specs, each with a name of its own", () => {
    assert.isAtLeast(examples.length, 20)
    assert.strictEqual(new Set(examples.map(({ name }) => name)).size, examples.length)
  })

  it("shows what the specs read", () => {
    const heads = blocks.filter(({ role }) => role === "head")
    assert.isNotEmpty(heads)
    for (const { file, text } of heads) assert.isTrue(given[file].startsWith(text), file)
  })

  it.each(examples)("the spec $name runs, each of its outputs has rows, and is as it is shown", async (example) => {
    const { name, outputs, spec } = example
    const at = directory({ ...given, "pages.csv": pages, "spec.yaml": spec })
    const more = flagsOf[name] ?? []
    assert.deepStrictEqual(await emptyOutputs(at, "spec.yaml", [...flags, ...more]), [])
    for (const { file, text } of outputs) {
      assert.isTrue(existsSync(join(at, file)), file)
      assert.strictEqual(readFileSync(join(at, file), "utf8"), text, file)
    }
  })

  it("shows outputs of every analysis, of checks, of a document and of a report", () => {
    const shown = examples.flatMap(({ name, outputs }) => (outputs.length > 0 ? [name] : []))
    assert.includeMembers(shown, "calls funnel retention compare attribution checks reports document".split(" "))
  })
})

/** A JSON Schema, as far as the one of specs goes. */
interface Shape {
  readonly $ref?: string
  readonly anyOf?: ReadonlyArray<Shape>
  readonly enum?: ReadonlyArray<unknown>
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly items?: Shape | boolean
  readonly prefixItems?: ReadonlyArray<Shape>
}

describe("the language", () => {
  const schema = JSON.parse(readFileSync(join(root, "packages/core/spec.schema.json"), "utf8")) as Shape

  const at = (reference: string): Shape => {
    let found: unknown = schema
    for (const key of reference.slice(2).split("/")) found = (found as Readonly<Record<string, unknown>>)[key]
    return found as Shape
  }
  /** What a value may be, without the places where a param stands for it. */
  const forms = (shape: Shape): ReadonlyArray<Shape> => {
    if (shape.$ref === "#/$defs/param") return []
    const form = shape.$ref === undefined ? shape : at(shape.$ref)
    return form.properties === undefined && form.anyOf !== undefined ? form.anyOf.flatMap(forms) : [form]
  }
  const valuesOf = ({ additionalProperties }: Shape): Shape | undefined =>
    typeof additionalProperties === "object" ? additionalProperties : undefined
  const itemsOf = ({ items, prefixItems = [] }: Shape): ReadonlyArray<Shape> =>
    typeof items === "object" ? [...prefixItems, items] : prefixItems

  /** Every key that a spec may have, by its path, and every word that may stand there. */
  const everything = (shape: Shape, path: string): ReadonlyArray<string> =>
    forms(shape).flatMap((form) => [
      ...(form.enum ?? []).map((word) => `${path}=${String(word)}`),
      ...Object.entries(form.properties ?? {}).flatMap(([key, value]) => [
        `${path}.${key}`,
        ...(path === "" && key === "steps" ? [] : everything(value, `${path}.${key}`))
      ]),
      ...[valuesOf(form)].flatMap((value) => (value === undefined ? [] : everything(value, `${path}.*`))),
      ...itemsOf(form).flatMap((item) => everything(item, `${path}[]`))
    ])

  /** Those of them that a spec has. */
  const used = (shape: Shape, value: unknown, path: string): ReadonlyArray<string> =>
    forms(shape).flatMap((form) => {
      if (Array.isArray(value)) {
        return itemsOf(form).flatMap((item) => value.flatMap((one) => used(item, one, `${path}[]`)))
      }
      if (typeof value !== "object" || value === null) {
        return form.enum?.includes(value) === true ? [`${path}=${String(value)}`] : []
      }
      return Object.entries(value).flatMap(([key, member]) => {
        const property = form.properties?.[key]
        if (path === "" && key === "steps") {
          return [".steps", ...Object.values(member as object).flatMap((step) => used(schema, step, ""))]
        }
        if (property !== undefined) return [`${path}.${key}`, ...used(property, member, `${path}.${key}`)]
        const values = valuesOf(form)
        return values === undefined ? [] : used(values, member, `${path}.*`)
      })
    })

  const found = new Set(examples.flatMap(({ spec }) => used(schema, parse(spec), "")))
  const all = [...new Set(everything(schema, ""))]

  it("is on the page with all of its keys, each in a spec that is run", () => {
    assert.isAbove(all.length, 150)
    // A module is needed besides: InitPlugin.test.ts runs a spec with one. A format with options is shown for a source.
    const elsewhere = [".plugins", ".sources.*.format.name", ".event.enrich.*.source.format.name"]
    const keys = all.filter((path) => !path.includes("=") && !elsewhere.includes(path))
    assert.deepStrictEqual(
      keys.filter((path) => !found.has(path)),
      []
    )
    for (const path of elsewhere) assert.include(page, path.split(".").at(-1) ?? "")
  })

  it("is on the page with all words that may stand for a value, each in a spec that is run, or named as a default", () => {
    const words = all.filter((path) => path.includes("=") && !found.has(path))
    assert.deepStrictEqual(
      words.filter((path) => !page.includes(`\`${path.replace(/^.*=/, "")}\``)),
      []
    )
  })

  it("has the formats that are built in on the page, with all of their options", async () => {
    const { plugins } = await builtInPackage()
    const isNamed = (word: string) => page.includes(`\`${word}\``) || new RegExp(`\\b${word}: `).test(page)
    const missing = plugins
      .filter(({ kind }) => !kind.endsWith("store")) // Stores have no options in a spec.
      .flatMap(({ kind, name, options }) => {
        const keys = Object.keys((options as Shape).properties ?? {})
        return [name, ...keys].filter((word) => !isNamed(word)).map((word) => `${kind} ${name}: ${word}`)
      })
    assert.deepStrictEqual(missing, [])
  })
})
