const { equal } = require('node:assert/strict')
const { createStore } = require('headgate')
const { openJournal, memoryEngine } = require('headgate/journal')
const { Observable } = require('rxjs')

const store = createStore({ n: 0 }, { name: 'trial' })
if (!(store.select('n') instanceof Observable)) throw new Error('There are two copies of rxjs.')
store.set({ n: 1 })
openJournal(store, memoryEngine()).then(async (journal) => {
  await journal.durable()
  await journal.close()
  equal(store.state.n, 1)
  console.log('headgate works')
})
