import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"

const home = join(import.meta.dirname, "..")
/** Where `install.mjs` puts s3proxy. */
const jars = join(home, "jars")

/** A program to be used instead of s3proxy: the path of versitygw. */
const versitygw = process.env.SOJOURN_S3_VERSITYGW

/** Why there is no server here; undefined where there is one, and in CI, where a missing one is a failure. */
export const noS3Server: string | undefined =
  versitygw !== undefined || existsSync(jars) || process.env.SOJOURN_CI !== undefined
    ? undefined
    : "s3proxy is not installed: node tooling/s3-server/install.mjs"

/** What runs the server, and the files that it needs in `directory`. */
export const serverCommand = (
  directory: string,
  port: number,
  { accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string }
): { readonly command: ReadonlyArray<string>; readonly files: Readonly<Record<string, string>> } => {
  if (versitygw !== undefined) {
    const [root, attributes] = [join(directory, "root"), join(directory, "attributes")]
    for (const path of [root, attributes]) mkdirSync(path)
    const user = ["--access", accessKeyId, "--secret", secretAccessKey]
    // Attributes beside the files: not every file system keeps them.
    const store = ["posix", "--sidecar", attributes, root]
    return { command: [versitygw, "--port", `127.0.0.1:${port}`, "--quiet", ...user, ...store], files: {} }
  }
  const properties = {
    "s3proxy.endpoint": `http://127.0.0.1:${port}`,
    "s3proxy.authorization": "aws-v2-or-v4",
    "s3proxy.identity": accessKeyId,
    "s3proxy.credential": secretAccessKey,
    "jclouds.provider": "transient-nio2",
    "jclouds.identity": "unused",
    "jclouds.credential": "unused"
  }
  const text = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`)
  const memory = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
  const logging = `-Dlogback.configurationFile=${join(home, "logback.xml")}`
  const main = ["-cp", join(jars, "*"), "org.gaul.s3proxy.Main", "--properties", join(directory, "s3proxy.conf")]
  return { command: ["java", ...memory, logging, ...main], files: { "s3proxy.conf": text.join("") } }
}
