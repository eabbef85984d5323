import { PluginError } from "@sojourn/core"

/** A failure of the file system as a person reads it. */
export const fileError = (what: "read" | "write", path: string, cause: unknown): PluginError => {
  if (cause instanceof PluginError) return cause
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  const known = code === undefined ? undefined : explanations[code]
  return new PluginError({
    plugin: "files",
    reason: known?.reason ?? "Internal",
    message: `cannot ${what} ${path === "-" ? "standard output" : path}: ${known?.message ?? (cause instanceof Error ? cause.message : String(cause))}`,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    cause
  })
}

const explanations: Record<
  string,
  { readonly reason: PluginError["reason"]; readonly message: string; readonly hint?: string }
> = {
  ENOENT: { reason: "NotFound", message: "no such file or directory" },
  ENOTDIR: { reason: "NotFound", message: "part of the path is a file, not a directory" },
  EEXIST: { reason: "NotFound", message: "part of the path is a file, not a directory" },
  EACCES: { reason: "Auth", message: "permission denied", hint: "check the permissions of the file and its directory" },
  EPERM: { reason: "Auth", message: "operation not permitted" },
  EISDIR: { reason: "Unsupported", message: "it is a directory", hint: "name a file in it" },
  ENAMETOOLONG: { reason: "NotFound", message: "the name is too long" },
  ELOOP: { reason: "NotFound", message: "its symbolic links go in a circle" },
  ENOSPC: { reason: "Transient", message: "no space left on the device" },
  EROFS: { reason: "Auth", message: "the file system is read-only" },
  EMFILE: { reason: "Transient", message: "too many open files" }
}
