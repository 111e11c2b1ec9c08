export { partOf } from './part-of.ts'
export type { Reader, Wrapper } from './reader.ts'
