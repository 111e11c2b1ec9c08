/** Headgate with subscribers of the policy `direct`, and a machine without a history. */
import { headgate } from '../support/headgate.mjs'
import { machine, watched } from './headgate.mjs'

export default {
  name: 'Headgate, `direct`, no history',
  variant: true,
  keepsSnapshots: true,
  watched: () => watched(headgate.direct()),
  machine: () => machine(0),
}
