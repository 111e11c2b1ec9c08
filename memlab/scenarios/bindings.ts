/** Scopes of the frameworks that come and go, of a store that lives on. */
import '@angular/compiler' // JIT, though nothing is compiled: Angular asks for it
import { createEnvironmentInjector, type EnvironmentInjector, runInInjectionContext } from '@angular/core'
import { createRoot } from 'solid-js'
import { toStore } from 'svelte/store'
import { effectScope, watchSyncEffect } from 'vue'
import { injectStore } from '../../src/angular/index.ts'
import type { Store } from '../../src/index.ts'
import { useStore as useSolidStore } from '../../src/solid/index.ts'
import { fromPath } from '../../src/svelte/index.ts'
import { useStore as useVueStore } from '../../src/vue/index.ts'
import { type Tick, tickStore, writerOf } from '../support/claims.ts'
import type { Claim, Witness } from '../support/scenario.ts'

export const claim = 'A scope of a framework that ended leaves nothing of what was read in it.'

/** As in a page that is served: Svelte's development build keeps what its last flush has changed until the next. */
export const conditions: readonly string[] = ['browser', 'production']

/** Opens a scope in which a part of a store is read; returns what ends it. */
type Open = (store: Store<Tick>, held: Witness) => () => void

/** A selector for each scope, so that it holds a witness. */
const selectorOf =
  (held: Witness) =>
  ({ tick }: Tick): number => {
    held.seen += 1
    return tick
  }

const scopes = (name: string, open: Open): Claim => ({
  name,
  create({ leak, witness }) {
    const store = tickStore()
    // What a store makes when it is needed first is there before the first snapshot.
    open(store, witness())()
    let ends: (() => void)[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) ends.push(open(store, witness()))
      },
      async release() {
        if (!leak) for (const end of ends) end()
        ends = []
        await Promise.resolve() // Svelte lets go a microtask later
      },
      write: writerOf(() => store),
    }
  },
})

/** Made with the warm-up. */
let parent: EnvironmentInjector | undefined

export const claims: readonly Claim[] = [
  scopes('a scope of Vue', (store, held) => {
    const scope = effectScope(true)
    scope.run(() => {
      const tick = useVueStore(store, selectorOf(held))
      watchSyncEffect(() => void tick.value)
    })
    return () => scope.stop()
  }),
  scopes('a root of Solid', (store, held) =>
    createRoot((dispose) => {
      useSolidStore(store, selectorOf(held))
      return dispose
    }),
  ),
  scopes('an effect of Svelte', (store, held) => {
    const tick = fromPath(store, selectorOf(held))
    return toStore(() => tick.current).subscribe(() => {})
  }),
  scopes('an injector of Angular', (store, held) => {
    parent ??= createEnvironmentInjector([], null as unknown as EnvironmentInjector)
    const injector = createEnvironmentInjector([], parent)
    runInInjectionContext(injector, () => injectStore(store, selectorOf(held)))
    return () => injector.destroy()
  }),
]
