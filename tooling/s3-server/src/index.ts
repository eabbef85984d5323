export type { Fault, FaultRule, ProxiedRequest } from "./Fault.ts"
export * from "./FaultProxy.ts"
export * from "./S3Server.ts"
export { noS3Server } from "./serverCommand.ts"
