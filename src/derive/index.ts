export {
  type DeriveOptions,
  derive,
  type Read,
  type SourceState,
  type SourceStates,
} from './derive.ts'
export type { Source } from './inputs.ts'
export { identityOf, type LastMade, lastMade } from './last-made.ts'
export { transact } from './transact.ts'
