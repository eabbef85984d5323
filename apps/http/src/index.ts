export * from "./Options.ts"
export { serverLayer } from "./Server.ts"
export { serve } from "./serve.ts"
