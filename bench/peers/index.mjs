/** All peers by file name, ours first, in the order in which they are shown. */
export const PEER_IDS = [
  'headgate',
  'headgate-direct',
  'headgate-observers',
  'by-hand',
  'by-hand-promises',
  'rxjs',
  'zustand',
  'redux-toolkit',
  'ngrx-signals',
  'elf',
  'xstate',
  'xstate-store',
  'effect',
  'nanostores',
  'alien-signals',
  'mobx',
  'valtio',
]

export const OURS = 'headgate'

export async function loadPeers() {
  const modules = await Promise.all(PEER_IDS.map((id) => import(`./${id}.mjs`)))
  return modules.map(({ default: peer }, i) => ({ id: PEER_IDS[i], ...peer }))
}
