import { PutObjectCommand } from "@aws-sdk/client-s3"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { noS3Server, serverCredentials } from "@sojourn/s3-server"
import { execFile } from "node:child_process"
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { withServer } from "./support.ts"

const { accessKeyId, secretAccessKey } = serverCredentials

describe.skipIf(noS3Server)("credentials", () => {
  const running = withServer()
  beforeAll(async () => {
    await running.server.client.send(new PutObjectCommand({ Bucket: "events", Key: "a", Body: "a" }))
  })

  /** What a process prints that finds only the given environment, and the given files in its home. */
  const list = async (
    env: Readonly<Record<string, string>>,
    options: Readonly<Record<string, unknown>> = {},
    files: Readonly<Record<string, string>> = {}
  ): Promise<string> => {
    const home = mkdtempSync(join(tmpdir(), "sojourn-home-"))
    try {
      mkdirSync(join(home, ".aws"))
      for (const [name, text] of Object.entries(files)) writeFileSync(join(home, ".aws", name), text)
      const { stderr, stdout } = await promisify(execFile)(
        process.execPath,
        [
          "--disable-warning=ExperimentalWarning",
          join(import.meta.dirname, "listInProcess.ts"),
          JSON.stringify({ endpoint: running.server.endpoint, ...options })
        ],
        { env: { HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...env } }
      )
      assert.strictEqual(stderr, "")
      return stdout
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  }

  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`

  it("come from the environment", async () => {
    assert.strictEqual(
      await list({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }),
      "s3://events/a"
    )
  })

  it("come from the shared file: the default profile, that of AWS_PROFILE, that of the options", async () => {
    assert.strictEqual(await list({}, {}, { credentials: `[default]\n${keys}` }), "s3://events/a")
    const files = { credentials: `[default]\naws_access_key_id = no\naws_secret_access_key = no\n[other]\n${keys}` }
    assert.strictEqual(await list({ AWS_PROFILE: "other" }, {}, files), "s3://events/a")
    assert.strictEqual(await list({}, { profile: "other" }, files), "s3://events/a")
  })

  it("come from a web identity", async () => {
    const asked: Array<string> = []
    const service = createServer((request, response) => {
      request.on("data", (bytes: Buffer) => asked.push(bytes.toString()))
      request.on("end", () => {
        const found = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`
        const until = "<SessionToken>a-token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>"
        response
          .writeHead(200, { "content-type": "text/xml" })
          .end(
            `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>${found}${until}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
          )
      })
    })
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve))
    const home = mkdtempSync(join(tmpdir(), "sojourn-identity-"))
    try {
      writeFileSync(join(home, "token"), "the-web-identity-token")
      const env = {
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/reader",
        AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "token"),
        AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
        AWS_REGION: "us-east-1"
      }
      // Test servers know no session tokens: what counts is that S3 is asked with what the service gave.
      running.proxy.reset()
      running.proxy.inject({ on: () => true, fault: { kind: "answer", status: 403, code: "AccessDenied" }, times: 9 })
      assert.match(await list(env, { endpoint: running.proxy.endpoint }), /access to bucket events was denied/)
      const [{ headers }] = running.proxy.requests
      assert.strictEqual(headers["x-amz-security-token"], "a-token")
      assert.include(headers.authorization, `Credential=${accessKeyId}/`)
      assert.include(asked.join(), "WebIdentityToken=the-web-identity-token")
    } finally {
      rmSync(home, { recursive: true, force: true })
      service.close()
    }
  })

  it("are missed with a sentence that says where they may come from", async () => {
    assert.strictEqual(
      await list({}),
      "cannot list s3://events/: no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role gives them (web identity, container, instance)."
    )
    assert.strictEqual(
      await list({}, { profile: "absent" }, { credentials: `[default]\n${keys}` }),
      "cannot list s3://events/: the profile absent has no usable credentials. Look at ~/.aws/config and ~/.aws/credentials, or log in anew (aws sso login)."
    )
  })

  it("go with the region of the profile", async () => {
    const config = `[profile far]\nregion = eu-north-1\n${keys}`
    const said = await list({}, { profile: "far" }, { config })
    // s3proxy is in every region at once.
    assert.oneOf(said, [
      "s3://events/a",
      "cannot list s3://events/: bucket events is in the region us-east-1. Set region: us-east-1, or AWS_REGION."
    ])
  })
})
