export * from "./Options.ts"
export { DataDirectoryError } from "./DataDirectory.ts"
export { serverLayer } from "./Server.ts"
