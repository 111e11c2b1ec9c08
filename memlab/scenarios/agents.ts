/** Agents that run to their end: asked, within a budget, followed by a client, with checkpoints, answered, and let go of. */
import { checkpointer, toAgUi, withBudget } from '../../src/agents/index.ts'
import { createMachineStore, defineMachine } from '../../src/index.ts'
import { memoryEngine } from '../../src/journal/index.ts'
import { LONG_MS } from '../support/policies.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim = 'An agent that has run to its end leaves nothing.'

const budget = withBudget({ tokens: 100, steps: 5, ms: LONG_MS })

const machine = defineMachine({
  id: 'agent',
  initial: 'IDLE',
  context: { spent: budget.none, text: '' },
  types: {} as { events: { type: 'ASK'; held: Witness } | { type: 'ANSWER' } | { type: 'BUDGET_EXHAUSTED' } },
  states: {
    IDLE: { on: { ASK: 'THINKING' } },
    THINKING: {
      invoke: {
        src: budget.work({ tokens: 10 }, async (_context, event, { spend }) => {
          spend({ tokens: 'held' in event ? 1 : 2 })
        }),
        onDone: {
          target: 'AWAITING',
          update: (draft) => {
            draft.text += 'done'
          },
        },
      },
    },
    AWAITING: { waiting: { expiresMs: LONG_MS }, on: { ANSWER: 'DONE' }, after: { [LONG_MS]: 'DONE' } },
    DONE: { type: 'final' },
  },
})

type Agent = ReturnType<typeof begin>

function begin(held: Witness) {
  const store = createMachineStore(machine)
  const client = toAgUi(store, { view: ({ context }) => ({ text: context.text }) }).subscribe(() => {
    held.seen += 1
  })
  const thread = checkpointer(store, memoryEngine())
  return { store, client, thread }
}

async function finish({ store, thread }: Agent, held: Witness): Promise<void> {
  const checkpoints = await thread
  store.send({ type: 'ASK', held })
  await store.waitFor(({ current }) => current === 'AWAITING')
  store.send('ANSWER')
  await checkpoints.close()
}

function letGo({ store, client }: Agent): void {
  client.unsubscribe()
  store.destroy()
}

function create({ leak, witness }: ScenarioOptions) {
  const idle = createMachineStore(machine)
  const kept: unknown[] = []
  let agents: [Agent, Witness][] = []
  return {
    act(count: number) {
      for (let index = 0; index < count; index += 1) {
        const held = witness()
        agents.push([begin(held), held])
      }
    },
    async release() {
      for (const [agent, held] of agents) {
        await finish(agent, held)
        // The twin goes on following an agent that has ended.
        if (leak) kept.push(agent.store)
        else letGo(agent)
      }
      agents = []
    },
    write() {
      idle.updateContext((draft) => {
        draft.text = draft.text === '' ? 'x' : ''
      })
    },
  }
}

export const claims: readonly Claim[] = [
  { name: 'agents, run to their end', count: 1_000, dear: true, create },
]
