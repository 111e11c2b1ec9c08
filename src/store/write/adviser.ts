import { type Discovery, discover } from '../../state/index.ts'
import { refuseDeferred } from './refuse-deferred.ts'

/** So many pieces of advice a store gives; a state of a thousand dates is one mistake. */
export const ADVICE_MAX = 8

/** In so many states getters are looked for; a getter comes with the way in which a program makes its states. */
const GETTER_STATES_MAX = 100

const SENTENCES: Readonly<Record<Discovery['kind'], (discovery: Discovery) => string>> = {
  opaque: ({ path, what }) =>
    `${path} is an instance of ${what}, which recipes do not draft: changing it in place changes every version that holds it, and tells nobody. Replace the whole value, mark its class with immerable (of immer), or keep plain data.`,
  getter: ({ path }) =>
    `${path} is a getter: the first recipe makes a value of it, which then stays as it is. Keep the value, or compute it in a selector.`,
}

/**
 * Says on the console, once for each path, what recipes cannot handle in the states of a store. Development only: it
 * walks what is new of each state.
 *
 * @throws `OPTION_INVALID`, of a promise or a generator where a state was meant.
 */
export function adviser(storeName: string): (next: unknown, previous: unknown) => void {
  const told = new Set<string>()
  let states = 0
  const tell = (discovery: Discovery): void => {
    if (told.size >= ADVICE_MAX || told.has(discovery.path)) return
    told.add(discovery.path)
    // biome-ignore lint/suspicious/noConsole: a word to whoever develops; production is silent
    console.warn(`[headgate] store "${storeName}": ${SENTENCES[discovery.kind](discovery)}`)
  }
  return (next, previous) => {
    refuseDeferred?.('the state', next)
    states += 1
    if (told.size < ADVICE_MAX) discover(next, previous, tell, states <= GETTER_STATES_MAX)
  }
}
