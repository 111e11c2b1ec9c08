// @ts-check
/**
 * Four machines: a crew, and who works for it.
 *
 *   IDLE ──OPEN──> PLANNING ──> RUNNING ──> REVIEWING ──approve──> AWAITING ──yes──> PAYING ──> REFUNDED
 *                     ^ planner    runner       critic │               └──no, or nobody for a day──> DECLINED
 *                     └─────────────revise─────────────┘      any of them ──> POOR where the budget is exhausted
 *
 * Which children run is a function of the crew's state, and what they have done so far is theirs: a snapshot of the
 * system has all of it, between any two tokens. All of them spend one budget: a child is given what was spent when it
 * begins, and gives it back with its output.
 */
import { backpressure, batch, defineMachine, Ledger } from 'headgate'
import { withBudget } from 'headgate/agents'
import { from, tap } from 'rxjs'
import { callTool, pay, tokens } from './model.js'

/**
 * @typedef {import('./model.js').Ticket} Ticket
 * @typedef {import('./model.js').Finding} Finding
 * @typedef {import('./model.js').Prompt} Prompt
 * @typedef {import('headgate/agents').Spent} Spent
 * @typedef {import('headgate/agents').BudgetExhausted} BudgetExhausted
 * @typedef {{ tool: string, argument: string }} Call
 * @typedef {{ by: string, round: number, text: string, findings: Finding[] }} Line
 * @typedef {{ prompt: Prompt, spent: Spent, calls: readonly Call[] }} Job
 * @typedef {{ text: string, findings: Finding[], spent: Spent, isPoor: boolean }} Outcome
 * @typedef {{ type: 'OPEN', ticket: Ticket, seed: number } | { type: 'ANSWER', approved: boolean }} CrewEvent
 */

export const budget = withBudget({ tokens: 2_000, steps: 12 })
/** What one answer of the model takes at most. */
const ANSWER = { tokens: 400 }
const ROUNDS_MAX = 3
const DAY_MS = 86_400_000
/** How often what a model says is a commit, whatever the rate of its tokens. */
const PACE = batch({ ms: 100, maxSize: 64 })

/** What became of the tokens of each speaker, on their way to commits. */
export const ledgers = { planner: new Ledger(), critic: new Ledger() }

/** @param {{ input: Job }} given */
const begin = ({ input }) => ({
  ...input,
  calls: [...input.calls],
  text: '',
  findings: /** @type {Finding[]} */ ([]),
})
/** @param {{ text: string, findings: readonly Finding[], spent: Spent }} context @returns {Outcome} */
const outcome = ({ text, findings, spent }) => ({ text, findings: [...findings], spent, isPoor: false })

/**
 * Says something: a model whose tokens come in batches. Killed in the middle, it goes on behind what it has said.
 *
 * @template {'planner' | 'critic'} Role
 * @param {Role} role
 */
const speaker = (role) =>
  defineMachine({
    id: role,
    initial: 'SPEAKING',
    types:
      /** @type {{ events: BudgetExhausted, items: { SPEAKING: readonly string[] }, output: Outcome }} */ ({}),
    context: begin,
    states: {
      SPEAKING: {
        invoke: {
          src: budget.work(ANSWER, ({ prompt, text }, _event, { signal, spend }) =>
            from(tokens(prompt, text, signal)).pipe(
              tap(() => spend({ tokens: 1 })),
              backpressure(PACE, undefined, { id: `tokens of the ${role}`, ledger: ledgers[role] }),
            ),
          ),
          onNext: {
            update: (draft, event) => {
              draft.text += event.value.join('')
            },
          },
          onDone: 'DONE',
          onRestore: 'restart',
        },
        on: { BUDGET_EXHAUSTED: 'POOR' },
      },
      DONE: { type: 'final', output: outcome },
      POOR: { type: 'final', output: (context) => ({ ...outcome(context), isPoor: true }) },
    },
  })

export const planner = speaker('planner')
export const critic = speaker('critic')

/** Calls the tools that a plan names, one after the other. */
export const runner = defineMachine({
  id: 'runner',
  initial: 'CHOOSING',
  types: /** @type {{ events: BudgetExhausted, outputs: { CALLING: Finding }, output: Outcome }} */ ({}),
  context: begin,
  states: {
    CHOOSING: {
      always: [
        { target: 'DONE', guard: ({ calls, findings }) => calls.length === findings.length },
        { target: 'CALLING' },
      ],
    },
    CALLING: {
      invoke: {
        src: budget.work({}, async ({ calls, findings, prompt }, _event, { signal }) =>
          callTool(/** @type {Call} */ (calls[findings.length]), prompt, signal),
        ),
        onDone: {
          target: 'CHOOSING',
          update: (draft, { output }) => {
            draft.findings.push(output)
          },
        },
        onRestore: 'restart',
      },
      on: { BUDGET_EXHAUSTED: 'POOR' },
    },
    DONE: { type: 'final', output: outcome },
    POOR: { type: 'final', output: (context) => ({ ...outcome(context), isPoor: true }) },
  },
})

/** The calls that a plan names: a line `- tool(argument)` each. @param {string} text @returns {Call[]} */
const callsIn = (text) =>
  [...text.matchAll(/^- (\w+)\((.*)\)$/gm)].map(([, tool = '', argument = '']) => ({ tool, argument }))

const first = {
  ticket: /** @type {Ticket} */ ({ order: '', amount: 0, text: '' }),
  seed: 1,
  round: 1,
  calls: /** @type {Call[]} */ ([]),
  findings: /** @type {Finding[]} */ ([]),
  said: /** @type {Line[]} */ ([]),
  receipt: '',
  spent: budget.none,
}
/** @typedef {typeof first} CrewContext */

/** @param {'planner' | 'critic'} role @param {import('headgate').Immutable<CrewContext>} context @returns {Job} */
const jobOf = (role, { ticket, seed, findings, spent, calls }) => ({
  prompt: { role, ticket, findings, seed },
  spent,
  calls,
})
/** One child a round, in one state of the crew. @param {import('headgate').Immutable<CrewContext>} context */
const keys = ({ round }) => [`${round}`]

/** @param {CrewContext} draft @param {string} by @param {Outcome} output */
const note = (draft, by, { text, findings, spent }) => {
  draft.said.push({ by, round: draft.round, text, findings })
  draft.spent = spent
}
const poor = /** @type {const} */ ({
  target: 'POOR',
  /** @param {unknown} _context @param {{ output: Outcome }} event */
  guard: (_context, event) => event.output.isPoor,
})
/** @param {unknown} _context @param {{ output: Outcome }} event */
const isApproved = (_context, { output }) => output.text.includes('VERDICT: approve')

export const crew = defineMachine({
  id: 'crew',
  initial: 'IDLE',
  types: /** @type {{ events: CrewEvent, outputs: { PAYING: { receipt: string } } }} */ ({}),
  context: /** @type {CrewContext} */ (first),
  states: {
    IDLE: {
      on: {
        OPEN: {
          target: 'PLANNING',
          update: (draft, { ticket, seed }) => {
            Object.assign(draft, { ticket, seed })
          },
        },
      },
    },
    PLANNING: {},
    RUNNING: {},
    REVIEWING: {},
    AWAITING: {
      waiting: { expiresMs: DAY_MS },
      on: {
        ANSWER: [{ target: 'PAYING', guard: (_context, { approved }) => approved }, { target: 'DECLINED' }],
      },
      after: { [DAY_MS]: 'DECLINED' },
    },
    PAYING: {
      invoke: {
        src: ({ ticket }, _event, { signal }) =>
          pay({ key: `refund of ${ticket.order}`, amount: ticket.amount }, signal),
        onDone: {
          target: 'REFUNDED',
          update: (draft, { output }) => {
            draft.receipt = output.receipt
          },
        },
        // Whether it was paid is not known: the key makes sure that it is not paid twice.
        onRestore: 'restart',
      },
    },
    REFUNDED: { type: 'final' },
    DECLINED: { type: 'final' },
    POOR: { type: 'final' },
  },
  children: {
    planner: {
      machine: planner,
      in: ['PLANNING'],
      keys,
      input: (context) => jobOf('planner', context),
      onDone: [
        poor,
        {
          target: 'RUNNING',
          update: (draft, { output }) => {
            note(draft, 'planner', output)
            draft.calls = callsIn(output.text)
          },
        },
      ],
    },
    runner: {
      machine: runner,
      in: ['RUNNING'],
      keys,
      input: (context) => jobOf('planner', context),
      onDone: [
        poor,
        {
          target: 'REVIEWING',
          update: (draft, { output }) => {
            note(draft, 'runner', output)
            draft.findings.push(...output.findings)
          },
        },
      ],
    },
    critic: {
      machine: critic,
      in: ['REVIEWING'],
      keys,
      input: (context) => jobOf('critic', context),
      onDone: [
        poor,
        {
          target: 'AWAITING',
          guard: isApproved,
          update: (draft, { output }) => note(draft, 'critic', output),
        },
        {
          target: 'PLANNING',
          guard: ({ round }) => round < ROUNDS_MAX,
          update: (draft, { output }) => {
            note(draft, 'critic', output)
            draft.round += 1
          },
        },
        { target: 'DECLINED' },
      ],
    },
  },
})
