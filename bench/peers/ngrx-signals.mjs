/**
 * NgRx's `signalState` and `patchState`, with its updaters of entities: what runs without Angular's injector.
 * Its subscribers are Angular effects, which an application schedules; they are not measured.
 */
import '@angular/compiler'
import { getState, patchState, signalState } from '@ngrx/signals'
import { setAllEntities, updateEntity } from '@ngrx/signals/entities'

export default {
  name: 'NgRx signals',
  keepsSnapshots: true,

  scalars(initial) {
    const state = signalState({ ...initial })
    return {
      write: (n) => patchState(state, { a: n }),
      snapshot: () => getState(state),
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const state = signalState({ entityMap: {}, ids: [] })
    patchState(state, setAllEntities(Object.values(entities)))
    return {
      write: (id, n) => patchState(state, updateEntity({ id, changes: { x: n } })),
      snapshot: () => state.entityMap(),
      x: (snapshot, id) => snapshot[id].x,
    }
  },
}
