export * from "./s3WriteStore.ts"
