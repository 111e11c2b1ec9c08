import { createStore } from 'headgate'
import { useStore } from 'headgate/react'

const store = createStore({ n: 0 })

export function Counter() {
  const n = useStore(store, 'n')
  return (
    <button
      type="button"
      onClick={() =>
        store.update((draft) => {
          draft.n += 1
        })
      }
    >
      clicked {n} times
    </button>
  )
}
