/** A bare `BehaviorSubject`: plain writes by spread, recipes by immer. */
import { produce } from 'immer'
import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs'

const writeEntity = (robots, id, n) => ({ ...robots, [id]: { ...robots[id], x: n } })

export default {
  name: 'RxJS',
  keepsSnapshots: true,

  scalars(initial) {
    const subject = new BehaviorSubject({ ...initial })
    return {
      write: (n) => subject.next({ ...subject.value, a: n }),
      snapshot: () => subject.value,
      a: (snapshot) => snapshot.a,
    }
  },

  scalarRecipe(initial) {
    const subject = new BehaviorSubject({ ...initial })
    return {
      write: (n) =>
        subject.next(
          produce(subject.value, (draft) => {
            draft.a = n
          }),
        ),
      snapshot: () => subject.value,
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const subject = new BehaviorSubject({ robots: entities })
    return {
      write: (id, n) => subject.next({ ...subject.value, robots: writeEntity(subject.value.robots, id, n) }),
      snapshot: () => subject.value,
      x: (snapshot, id) => snapshot.robots[id].x,
    }
  },

  entityRecipe(entities) {
    const subject = new BehaviorSubject({ robots: entities })
    return {
      write: (id, n) =>
        subject.next(
          produce(subject.value, (draft) => {
            draft.robots[id].x = n
          }),
        ),
      snapshot: () => subject.value,
      x: (snapshot, id) => snapshot.robots[id].x,
    }
  },

  arrayRecipe(numbers) {
    const subject = new BehaviorSubject({ numbers })
    return {
      write: (index, n) =>
        subject.next(
          produce(subject.value, (draft) => {
            draft.numbers[index] = n
          }),
        ),
      snapshot: () => subject.value,
      at: (snapshot, index) => snapshot.numbers[index],
    }
  },

  watched() {
    const subject = new BehaviorSubject(0)
    return {
      write: (n) => subject.next(n),
      read: () => subject.value,
      subscribe(callback) {
        const subscription = subject.subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },

  keyed(entities) {
    const subject = new BehaviorSubject({ robots: entities })
    return {
      write: (id, n) => subject.next({ ...subject.value, robots: writeEntity(subject.value.robots, id, n) }),
      subscribe(id, callback) {
        const robot$ = subject.pipe(
          map((state) => state.robots[id]),
          distinctUntilChanged(),
        )
        const subscription = robot$.subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },
}
