export { exampleSink as default } from "./ExampleSink.ts"
