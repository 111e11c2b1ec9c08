/** What rooms above the store, and packages of others, stand on; see docs/kernel.md. */
export {
  type Brake,
  type Commit,
  type CommitSink,
  type Figures,
  type Kernel,
  kernelOf,
  type OpenBatch,
  type SubscriberVitals,
} from '../store/index.ts'
export { LostElsewhere, tellOfLost } from './lost-elsewhere.ts'
