/**
 * Agents: tokens to commits, what a stuck client costs, and how checkpoints grow.
 *
 *     npm run bench:agents
 *
 * Tokens come in virtual time, 1 000 a second; times are medians of 7 in one process, so only ratios count.
 */
import { interval, map, take, VirtualTimeScheduler } from 'rxjs'
import { checkpointer, serveAgUi } from '../dist/esm/agents/index.js'
import { backpressure, batch, createMachineStore, defineMachine } from '../dist/esm/index.js'
import { memoryEngine } from '../dist/esm/journal/index.js'

const TOKENS = 10_000
const ROUNDS = 7

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]

function answering(scheduler, ms) {
  const machine = defineMachine({
    id: 'agent',
    initial: 'ANSWERING',
    context: { text: '' },
    states: {
      ANSWERING: {
        invoke: {
          src: () =>
            interval(1, scheduler).pipe(
              take(TOKENS),
              map((at) => `word${at} `),
              backpressure(batch({ ms, maxSize: 256 }), undefined, { scheduler }),
            ),
          onNext: {
            update: (draft, { value }) => {
              draft.text += value.join('')
            },
          },
        },
      },
    },
  })
  return createMachineStore(machine, { scheduler })
}

for (const ms of [16, 33, 50, 100]) {
  const scheduler = new VirtualTimeScheduler()
  const store = answering(scheduler, ms)
  scheduler.flush()
  const commits = store.snapshot.version
  console.log(`tokens to commits, a window of ${ms} ms: ${(TOKENS / commits).toFixed(1)} to 1`)
  store.destroy()
}

/** A response that takes everything, or nothing more after the first write. */
const response = (isStuck) => ({
  writeHead: () => {},
  write: () => !isStuck,
  end: () => {},
  on() {
    return this
  },
  off() {
    return this
  },
  once() {
    return this
  },
})

const chat = defineMachine({
  id: 'chat',
  initial: 'ON',
  historyLimit: 0,
  context: { messages: [], text: '' },
  states: {
    ON: {
      on: {
        TOKEN: {
          update: (draft, { token }) => {
            draft.text += token
          },
        },
        TURN: {
          target: 'ON',
          reenter: true,
          update: (draft, { question, answer }) => {
            draft.messages.push({ role: 'user', text: question }, { role: 'assistant', text: answer })
          },
        },
      },
    },
  },
})
const INPUT = { threadId: 'chat', runId: 'r' }
const mapping = {
  view: () => null,
  messages: ({ context }) => [{ id: 'm', role: 'assistant', content: context.text, streaming: true }],
}

async function writing(stuck) {
  const store = createMachineStore(chat)
  const handles = []
  const options = { input: INPUT, threadId: 'chat' }
  handles.push(await serveAgUi({}, response(false), store, mapping, options))
  if (stuck) handles.push(await serveAgUi({}, response(true), store, mapping, options))
  const began = performance.now()
  for (let at = 0; at < 20_000; at += 1) store.send({ type: 'TOKEN', token: 'w' })
  const took = performance.now() - began
  const held = stuck ? handles[1].stats().pending : 0
  for (const handle of handles) handle.unsubscribe()
  store.destroy()
  return { took, held }
}

const alone = []
const beside = []
let held = 0
for (let round = 0; round < ROUNDS; round += 1) {
  alone.push((await writing(false)).took)
  const { took, held: pending } = await writing(true)
  beside.push(took)
  held = pending
}
const ratio = median(beside.map((took, at) => took / alone[at]))
console.log(
  `a stuck client beside one that is not: ${ratio.toFixed(2)} of the time of a write, ${held} version held`,
)

const sentence = (seed, words) =>
  Array.from({ length: words }, (_, at) => `w${(seed * 48_271 + at * 7_919) % 1_000} `).join('')

for (const turns of [125, 250, 500, 1_000]) {
  const store = createMachineStore(chat)
  const thread = await checkpointer(store, memoryEngine())
  let texts = 0
  let whole = 0
  for (let turn = 0; turn < turns; turn += 1) {
    const [question, answer] = [sentence(turn + 1, 40), sentence(turn + 5_000, 340)]
    texts += question.length + answer.length
    whole += texts
    store.send({ type: 'TURN', question, answer })
    if (turn % 50 === 0) await thread.durable()
  }
  await thread.durable()
  const { bytes } = thread.stats()
  console.log(
    `checkpoints, ${turns} turns: ${(bytes / 1e6).toFixed(2)} MB, ${(bytes / texts).toFixed(2)} of the texts; the whole state a turn: ${(whole / 1e6).toFixed(0)} MB`,
  )
  await thread.close()
  store.destroy()
}
