import { type Param, readParams, SpecDocument, SpecError, type SpecProblem, stepNames } from "@sojourn/core"
import { isSpecPath, specFile, type SpecFile } from "@sojourn/node"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { statSync } from "node:fs"
import { firstOperands } from "./Arguments.ts"
import { flagsAlone, globalFlagNames } from "./RunFlags.ts"

type Params = Readonly<Record<string, Param>>

/** The spec that a command line names, with its params: read before the flags, because params are flags. */
export interface NamedSpec {
  /** As the command line has it. */
  readonly argument: string
  readonly spec: SpecFile
  readonly params: Params
  readonly steps: ReadonlyArray<string>
  readonly description: string | undefined
}

/** The spec that the words of `run`, `lint` or `preview` name, if they name one. */
export const namedSpec = Effect.fn("namedSpec")(function* ([command, ...words]: ReadonlyArray<string>) {
  if (!["run", "lint", "preview"].includes(command ?? "")) return undefined
  const operand = yield* Effect.findFirst(firstOperands(words, flagsAlone), ({ after, word }) =>
    after === undefined ? Effect.succeed(true) : hasSwitch(word, after)
  )
  if (Option.isNone(operand)) return undefined
  const argument = operand.value.word
  const spec = yield* specFile(argument)
  const params = yield* Effect.fromResult(readParams(spec.file, spec.text))
  const steps = stepNames(spec.file, spec.text)
  yield* checkNames(spec, params, steps)
  const named: NamedSpec = { argument, spec, params, steps, description: descriptionOf(spec) }
  return named
})

/** Whether a word names a spec with a boolean param that is this flag. What is larger is data and no spec. */
const hasSwitch = (word: string, flag: string): Effect.Effect<boolean> => {
  const size = isSpecPath(word) ? statSync(word, { throwIfNoEntry: false })?.size : 0
  if (size === undefined || size > mostSpecBytes) return Effect.succeed(false)
  return specFile(word).pipe(
    Effect.flatMap(({ file, text }) => Effect.fromResult(readParams(file, text))),
    Effect.map((params) =>
      Object.entries(params).some(
        ([name, { type }]) => type === "boolean" && [`--${flagName(name)}`, `--no-${flagName(name)}`].includes(flag)
      )
    ),
    Effect.orElseSucceed(() => false)
  )
}
const mostSpecBytes = 1 << 20

/** What a spec says that it is for. */
export const descriptionOf = ({ file, text }: SpecFile): string | undefined => {
  const { description } = SpecDocument.parse(file, text).value as { readonly description?: unknown }
  return typeof description === "string" ? description : undefined
}

/** The params as flags. Their keys are apart from those of a command's own flags. */
export const paramFlags = (params: Params): Record<string, Flag.Flag<Option.Option<string>>> =>
  Object.fromEntries(
    Object.entries(params).map(([name, { choices, default: value, description, optional, type }]) => {
      const state = value === undefined ? (optional ? "(optional)" : "(required)") : `(default ${defaultText(value)})`
      const metavar = choices?.join(type === "list" ? "," : "|")
      const text = Flag.withMetavar(Flag.String(flagName(name)), metavar ?? (type === "boolean" ? "" : metavars[type]))
      const flag: Flag.Flag<string> =
        type === "boolean"
          ? Flag.map(Flag.Boolean(flagName(name)), String)
          : type === "list"
            ? Flag.map(Flag.atLeast(text, 1), (values) => values.join(","))
            : text
      return [
        paramKey(name),
        flag.pipe(Flag.withDescription(description === undefined ? state : `${description} ${state}`), Flag.optional)
      ]
    })
  )

/**
 * Every word after the flag of a list is an item of it, up to the next flag: so that a shell may write out `*.json`.
 */
export const listedWords = (words: ReadonlyArray<string>, named: NamedSpec | undefined): ReadonlyArray<string> => {
  const lists = Object.entries(named?.params ?? {}).flatMap(([name, { type }]) =>
    type === "list" ? [`--${flagName(name)}`] : []
  )
  let list: string | undefined
  let isNamed = false
  return words.flatMap((word, i) => {
    if (word === "--" || words.lastIndexOf("--", i) >= 0) return [word]
    if (word.startsWith("-") && word !== "-") {
      list = lists.includes(word) ? word : undefined
      return [word]
    }
    const isFirst = words[i - 1] === list
    if (!isNamed && !isFirst && word === named?.argument) {
      isNamed = true
      list = undefined
    }
    return list === undefined || isFirst ? [word] : [list, word]
  })
}

const metavars = { text: "TEXT", path: "FILE", duration: "DURATION", integer: "N", list: "A,B,…" } as const

/** The values of the params that the command line gives. */
export const givenParams = (
  params: Params,
  flags: Readonly<Record<string, unknown>>
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(params).flatMap((name) => {
      const value = flags[paramKey(name)] as Option.Option<string> | undefined
      return value !== undefined && Option.isSome(value) ? [[name, value.value]] : []
    })
  )

const flagName = (param: string): string => param.replaceAll("_", "-")
const paramKey = (name: string): string => `param:${name}`

/** Every param is a flag of its own. */
const checkNames = (spec: SpecFile, params: Params, steps: ReadonlyArray<string>) => {
  const document = SpecDocument.parse(spec.file, spec.text)
  const own = steps.length > 0 ? [...globalFlagNames, "step"] : globalFlagNames
  const taken = new Map(own.map((name) => [name, "a flag of the command itself"]))
  const problems: Array<SpecProblem> = []
  for (const name of Object.keys(params)) {
    const flag = flagName(name)
    const problem = /^[A-Za-z][\w-]*$/.test(name) ? taken.get(flag) : "no name for one: use letters, digits and _"
    if (problem !== undefined) {
      problems.push(
        document.problem(["params", name], `the param "${name}" becomes the flag --${flag}, which is ${problem}`, {
          key: true
        })
      )
    }
    taken.set(flag, `the flag of "${name}"`)
  }
  return problems.length === 0 ? Effect.void : Effect.fail(new SpecError({ file: spec.file, problems }))
}

/** A default as it would be typed. */
const defaultText = (value: unknown): string =>
  Array.isArray(value) ? value.join(",") : typeof value === "string" ? value : JSON.stringify(value)
