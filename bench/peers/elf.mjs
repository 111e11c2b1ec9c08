/** Elf: a store of props or entities, built on a `BehaviorSubject`. */
import { createStore, enableElfProdMode, select, setProp, withProps } from '@ngneat/elf'
import { selectEntity, setEntities, updateEntities, withEntities } from '@ngneat/elf-entities'

enableElfProdMode()
let stores = 0
const named = () => {
  stores += 1
  return { name: `store-${stores}` }
}

function openEntities(entities) {
  const store = createStore(named(), withEntities())
  store.update(setEntities(Object.values(entities)))
  return store
}

export default {
  name: 'elf',
  keepsSnapshots: true,

  scalars(initial) {
    const store = createStore(named(), withProps({ ...initial }))
    return {
      write: (n) => store.update(setProp('a', n)),
      snapshot: () => store.value,
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const store = openEntities(entities)
    return {
      write: (id, n) => store.update(updateEntities(id, (robot) => ({ ...robot, x: n }))),
      snapshot: () => store.value,
      x: (snapshot, id) => snapshot.entities[id].x,
    }
  },

  watched() {
    const store = createStore(named(), withProps({ n: 0 }))
    return {
      write: (n) => store.update(setProp('n', n)),
      read: () => store.value.n,
      subscribe(callback) {
        const subscription = store.pipe(select((state) => state)).subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },

  keyed(entities) {
    const store = openEntities(entities)
    return {
      write: (id, n) => store.update(updateEntities(id, (robot) => ({ ...robot, x: n }))),
      subscribe(id, callback) {
        const subscription = store.pipe(selectEntity(id)).subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },
}
