/** What is tested here: something that follows a store and must let go of it. Put your own component, service or store in its place. */
import { createStore } from 'headgate'

export const shop = createStore({ price: 10, items: 0 }, { name: 'shop' })

/** Shows the total until it is closed. */
export class Cart {
  total = 0
  #stop = shop.subscribe(({ state }) => {
    this.total = state.price * state.items
  })

  add() {
    shop.update((draft) => {
      draft.items += 1
    })
  }

  close() {
    this.#stop()
  }
}
