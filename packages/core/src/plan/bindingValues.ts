import type { Plan } from "./Plan.ts"

/** What a run of a plan is to bind: of an environment the values that the plan names, and no other. */
export const bindingValues = (
  { bindings }: Pick<Plan, "bindings">,
  environment: Readonly<Record<string, string | undefined>>
): ReadonlyMap<string, string> =>
  new Map(
    bindings.flatMap((name) => {
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined
      return value === undefined ? [] : [[name, value] as const]
    })
  )
