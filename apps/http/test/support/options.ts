import { defaultLimits, type Limits, type ServerOptions } from "../../src/index.ts"

/** A server of a test: small, on a port of its own. */
export const testOptions = (
  data: string,
  changes: Partial<ServerOptions> = {},
  limits: Partial<Limits> = {}
): ServerOptions => ({
  host: "127.0.0.1",
  port: 0,
  data,
  token: undefined,
  hostNames: [],
  page: undefined,
  stores: {},
  environment: {},
  retention: 3600,
  limits: { ...defaultLimits, runMemory: 2 ** 30, runHeap: 2 ** 29, runs: 1, ...limits },
  ...changes
})
