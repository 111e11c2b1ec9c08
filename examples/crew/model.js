// @ts-check
/**
 * A model and three tools, simulated: the same questions get the same answers, so a crew that was killed ends as one
 * that was not. A seed decides how many characters a token has and how long each one takes.
 */
import { setTimeout as delay } from 'node:timers/promises'

/**
 * @typedef {{ order: string, amount: number, text: string }} Ticket
 * @typedef {{ tool: string, argument: string, result: string }} Finding
 * @typedef {{ role: 'planner' | 'critic', ticket: Ticket, findings: readonly Finding[], seed: number }} Prompt
 */

/** How fast it all is; 2 is twice as fast. */
export const simulation = { speed: 1 }
/** What a token takes on average, in milliseconds. */
const TOKEN_MS = 16
/** What a tool takes on average. */
const TOOL_MS = 700

/**
 * The tokens of an answer, from behind the text that there is already.
 *
 * Here the call of a real model goes: anything that is an async iterable of texts, and ends when the signal aborts.
 *
 *     const stream = await client.stream({ messages: messagesOf(prompt, after) }, { signal })
 *     for await (const event of stream) yield event.text
 *
 * @param {Prompt} prompt
 * @param {string} after what a process that was killed had received of it
 * @param {AbortSignal} signal
 */
export async function* tokens(prompt, after, signal) {
  const answer = answerTo(prompt)
  const random = randomFrom(prompt.seed + answer.length)
  for (let at = after.length; at < answer.length; ) {
    const end = at + 2 + Math.floor(random() * 5)
    await delay((random() * 2 * TOKEN_MS) / simulation.speed, undefined, { signal })
    yield answer.slice(at, end)
    at = end
  }
}

/**
 * A call of a tool.
 *
 * @param {{ tool: string, argument: string }} call
 * @param {Prompt} prompt
 * @param {AbortSignal} signal
 * @returns {Promise<Finding>}
 */
export async function callTool({ tool, argument }, { ticket }, signal) {
  await delay(TOOL_MS / simulation.speed, undefined, { signal })
  return { tool, argument, result: TOOLS[tool]?.(ticket) ?? `There is no tool "${tool}".` }
}

/**
 * Pays. The key is the same however often it is called, so what was asked for twice is paid once.
 *
 * @param {{ key: string, amount: number }} payment
 * @param {AbortSignal} signal
 */
export async function pay({ key, amount }, signal) {
  await delay(TOOL_MS / simulation.speed, undefined, { signal })
  return { receipt: `${key}: ${amount} €` }
}

/** @type {Record<string, (ticket: Ticket) => string>} */
const TOOLS = {
  find_order: ({ order, amount }) => `Order ${order}: one kettle, ${amount} €, paid by card.`,
  trace_parcel: () => 'Delivered two days ago. The driver noted: "box dented".',
  read_policy: () => 'Damaged goods: a full refund within 30 days, with the approval of a person above 50 €.',
}

/** @param {Prompt} prompt */
function answerTo({ role, ticket: { order, amount }, findings }) {
  const isSecond = findings.length > 2 || (role === 'planner' && findings.length > 0)
  if (role === 'planner') {
    return isSecond
      ? `The order and the parcel fit together. What is missing is the rule by which we decide, so I read it:\n- read_policy(damaged)\nWith that the critic has all that it needs.`
      : `The customer says that order ${order} arrived broken, and wants ${amount} € back. Before anybody pays, I want to know what was bought and how it arrived:\n- find_order(${order})\n- trace_parcel(${order})\nIf both agree with what the customer says, a refund is likely.`
  }
  return isSecond
    ? `The order is real, the parcel arrived damaged, and two days are well within the 30 that our policy gives. A full refund of ${amount} € is right. It is above 50 €, so a person decides.\nVERDICT: approve`
    : `The order is real and the parcel was dented, which fits. But nobody has looked up what we owe for damaged goods: a refund that no rule covers is a gift.\nVERDICT: revise`
}

/** @param {number} seed */
function randomFrom(seed) {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
