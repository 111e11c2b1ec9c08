/** What the crew does, as it does it, and the two buttons that decide. It reads a mirror: a store that is elsewhere. */
import { frame, type Immutable, paced } from 'headgate'
import type { SystemSnapshot } from 'headgate/actors'
import { useSnapshot } from 'headgate/react'
import { linkTo, type MirrorStatus, sseSocket } from 'headgate/sync'
import { type ReactNode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { CrewContext, Finding, Outcome } from './machines.js'
import './page.css'

/** The origin of the inspector. */
declare const INSPECTOR: string

type Member = 'planner' | 'runner' | 'critic'
/** What somebody says, or has said. */
interface Turn {
  readonly by: string
  readonly round: number
  readonly text: string
  readonly findings: readonly Finding[]
  /** Calls that have no result yet. */
  readonly open: readonly { readonly tool: string; readonly argument: string }[]
  readonly isLive: boolean
}
type Working = Omit<Outcome, 'isPoor'> & { readonly calls: readonly { tool: string; argument: string }[] }

/** The token that admits its holder, taken from the address; the inspector uses the same one. */
const { search } = location
const token = (): string => new URLSearchParams(search).get('token') ?? ''
const link = linkTo(() => sseSocket(new URL('/sync', location.href).href))
/** By which the ledger knows this page. */
const clientId = `page ${crypto.randomUUID().slice(0, 8)}`
const crew = link.mirror<SystemSnapshot>('crew', { clientId, token })
/** The root alone: who answers sends to it. */
const desk = link.mirror('desk', { token })
/** At the pace of the screen, whatever the pace of the crew. */
const screen = paced(crew.store, frame())

const PHASES = [
  ['PLANNING', 'Plan'],
  ['RUNNING', 'Tools'],
  ['REVIEWING', 'Review'],
  ['AWAITING', 'Decision'],
  ['PAYING', 'Payment'],
] as const
const ENDS: Readonly<Record<string, string>> = {
  REFUNDED: 'Refunded',
  DECLINED: 'Declined',
  POOR: 'Out of budget',
}
const NAMES: Readonly<Record<Member, string>> = {
  planner: 'Planner',
  runner: 'Tool runner',
  critic: 'Critic',
}
/** As in machines.js, which would bring all of the crew into the page. */
const LIMITS = { tokens: 2_000, steps: 12 }

/** All that was said, and who is speaking now. */
function turnsOf({ root }: Immutable<SystemSnapshot>, { said, round }: CrewContext): readonly Turn[] {
  const done = said.map((line) => ({ ...line, open: [], isLive: false }))
  const live = (root.children ?? []).map(({ child, snapshot }): Turn => {
    // The cast holds: these are the machines of machines.js.
    const { text = '', findings = [], calls = [] } = (snapshot?.state.context ?? {}) as Partial<Working>
    const open = child === 'runner' ? calls.slice(findings.length) : []
    return { by: child, round, text, findings, open, isLive: true }
  })
  return [...done, ...live]
}

function App(): ReactNode {
  const shown = useSnapshot(screen) as Immutable<{ version: number; state: SystemSnapshot }> | undefined
  const status = useStatus()
  const root = shown?.state?.root.snapshot?.state
  if (shown === undefined || root === undefined) return <p className="empty">Waiting for the crew …</p>
  const context = root.context as CrewContext
  const current = String(root.current)
  return (
    <main data-phase={current}>
      <header>
        <h1>
          Refund <b>{context.ticket.order}</b>
        </h1>
        <span className="status" data-status={status}>
          {status}
        </span>
        <span className="version">v{shown.version}</span>
        <a href={`${INSPECTOR}/${search}`} target="_blank" rel="noreferrer">
          Inspector
        </a>
      </header>
      <Phases current={current} />
      <div className="columns">
        <section className="talk" aria-label="What was said">
          <article className="turn customer">
            <h2>Customer</h2>
            <p>{context.ticket.text}</p>
          </article>
          {turnsOf(shown.state, context).map((turn) => (
            <TurnOf key={`${turn.by} ${turn.round}`} turn={turn} />
          ))}
        </section>
        <aside>
          <Decision current={current} context={context} />
          <Budget {...context.spent} />
        </aside>
      </div>
    </main>
  )
}

function Phases({ current }: { current: string }): ReactNode {
  const at = PHASES.findIndex(([name]) => name === current)
  const isPaid = current === 'REFUNDED'
  const stateOf = (name: string, index: number): string => {
    if (ENDS[current] !== undefined) return isPaid || name !== 'PAYING' ? 'done' : 'next'
    return index < at ? 'done' : index === at ? 'now' : 'next'
  }
  return (
    <ol className="phases">
      {PHASES.map(([name, label], index) => (
        <li key={name} data-is={stateOf(name, index)}>
          {label}
        </li>
      ))}
    </ol>
  )
}

function TurnOf({ turn: { by, round, text, findings, open, isLive } }: { turn: Turn }): ReactNode {
  return (
    <article className={`turn ${by}`} data-live={isLive}>
      <h2>
        {NAMES[by as Member]} <small>round {round}</small>
      </h2>
      {text !== '' && <p>{text.split('\n').map(lineOf)}</p>}
      {[...findings, ...open].map((call) => (
        <div className="call" key={call.tool} data-open={!('result' in call)}>
          <code>
            {call.tool}({call.argument})
          </code>
          <span>{'result' in call ? String(call.result) : 'running …'}</span>
        </div>
      ))}
    </article>
  )
}

/** A line of an answer: a call, a verdict, or words. */
function lineOf(line: string, at: number): ReactNode {
  const [, call] = /^- (.*)$/.exec(line) ?? []
  const [, verdict] = /^VERDICT: (.*)$/.exec(line) ?? []
  return (
    <span className="row" key={at}>
      {call !== undefined ? (
        <code>{call}</code>
      ) : verdict !== undefined ? (
        <b data-verdict={verdict}>{verdict}</b>
      ) : (
        line
      )}
    </span>
  )
}

function Decision({ current, context }: { current: string; context: CrewContext }): ReactNode {
  const [problem, setProblem] = useState('')
  const answer = async (approved: boolean): Promise<void> => {
    const result = await desk.send({ type: 'ANSWER', approved } as { type: string })
    setProblem(result.committed ? '' : `It was not taken: ${result.message ?? result.reason}`)
  }
  const end = ENDS[current]
  const isAsked = current === 'AWAITING'
  return (
    <section className="decision" data-asked={isAsked} data-end={current}>
      <h2>{end ?? (isAsked ? 'Your decision' : 'Decision')}</h2>
      <p className="amount">{context.ticket.amount} €</p>
      <p className="reason">{textOf(current, context)}</p>
      {end === undefined && (
        <div className="buttons">
          <button type="button" className="yes" disabled={!isAsked} onClick={() => answer(true)}>
            Approve
          </button>
          <button type="button" disabled={!isAsked} onClick={() => answer(false)}>
            Decline
          </button>
        </div>
      )}
      {problem !== '' && <p role="alert">{problem}</p>}
    </section>
  )
}

function textOf(current: string, { receipt, ticket }: CrewContext): string {
  if (receipt !== '') return `Paid once: ${receipt}`
  if (current === 'PAYING') return 'Approved. It is being paid.'
  if (ENDS[current] !== undefined) return 'Nothing was paid.'
  if (current === 'AWAITING') return `The crew recommends to refund order ${ticket.order} in full.`
  return 'The crew is still at work. Nothing is paid without you.'
}

function Budget({ tokens, steps }: { tokens: number; steps: number }): ReactNode {
  return (
    <section className="budget">
      <h2>Budget</h2>
      <Meter label="tokens" value={tokens} max={LIMITS.tokens} />
      <Meter label="steps" value={steps} max={LIMITS.steps} />
    </section>
  )
}

function Meter({ label, value, max }: { label: string; value: number; max: number }): ReactNode {
  return (
    <label>
      <span>
        {label}{' '}
        <b>
          {value} <small>of {max}</small>
        </b>
      </span>
      <meter value={value} max={max} high={max * 0.8} />
    </label>
  )
}

function useStatus(): MirrorStatus {
  const [status, setStatus] = useState<MirrorStatus>('connecting')
  useEffect(() => {
    const following = crew.status$.subscribe(setStatus)
    return () => following.unsubscribe()
  }, [])
  return status
}

createRoot(document.body.appendChild(document.createElement('div'))).render(<App />)
