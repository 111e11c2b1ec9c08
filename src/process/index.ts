/** Child processes. */
export { endWithParent } from './parent-watch.ts'
