import { ExpressionFailed, IntegerOverflow, isRunFailure, PluginError, type RunFailure } from "@sojourn/core"

/** An error as data: those that a run can end with keep what they are made of. */
export type Failure =
  | { readonly kind: "PluginError" | RunFailure["_tag"]; readonly fields: object }
  | { readonly kind: "defect"; readonly message: string; readonly stack: string | undefined }

export const toFailure = (error: unknown): Failure => {
  if (error instanceof PluginError) {
    const { hint, message, plugin, reason } = error
    return { kind: error._tag, fields: { plugin, reason, message, ...(hint === undefined ? {} : { hint }) } }
  }
  if (isRunFailure(error)) return { kind: error._tag, fields: { ...error } }
  return error instanceof Error
    ? { kind: "defect", message: error.message, stack: error.stack }
    : { kind: "defect", message: String(error), stack: undefined }
}

export const fromFailure = (failure: Failure): PluginError | RunFailure | Error => {
  switch (failure.kind) {
    case "PluginError":
      return new PluginError(failure.fields as ConstructorParameters<typeof PluginError>[0])
    case "IntegerOverflow":
      return new IntegerOverflow(failure.fields as ConstructorParameters<typeof IntegerOverflow>[0])
    case "ExpressionFailed":
      return new ExpressionFailed(failure.fields as ConstructorParameters<typeof ExpressionFailed>[0])
    case "defect": {
      const error = new Error(failure.message)
      if (failure.stack !== undefined) error.stack = failure.stack
      return error
    }
  }
}
