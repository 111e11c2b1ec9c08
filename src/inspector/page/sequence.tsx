/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { ActorFacts, MessageFacts } from '../facts.ts'
import { clock } from './format.ts'

/** Messages and lines of life that are drawn. */
const MESSAGES_DRAWN = 60
const LINES_MAX = 12
const COLUMN = 150
const ROW = 22
const TOP = 34

/** Who sent what to whom, the newest last. */
export function Sequence({ messages }: { readonly messages: readonly MessageFacts[] }): JSX.Element {
  if (messages.length === 0) return <p class="empty">No message yet.</p>
  const drawn = messages.slice(-MESSAGES_DRAWN)
  const names = [...new Set(drawn.flatMap(({ from, to }) => [from, to]))].slice(0, LINES_MAX)
  const xOf = new Map(names.map((name, i) => [name, 90 + i * COLUMN]))
  const height = TOP + drawn.length * ROW + 12
  return (
    <div class="drawing">
      <svg
        class="sequence"
        width={90 + names.length * COLUMN}
        height={height}
        role="img"
        aria-label="Messages between actors"
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0,0.5 L8,4 L0,7.5 Z" />
          </marker>
        </defs>
        {names.map((name) => (
          <g key={name} class="life">
            <line x1={xOf.get(name)} x2={xOf.get(name)} y1={TOP - 8} y2={height} />
            <text x={xOf.get(name)} y={16} text-anchor="middle">
              {name === '' ? 'outside' : name.split('/').at(-1)}
              <title>{name}</title>
            </text>
          </g>
        ))}
        {drawn.map(({ number, from, to, type, at }, i) => {
          const [x1, x2] = [xOf.get(from) ?? 0, xOf.get(to) ?? 0]
          const y = TOP + i * ROW + 8
          return (
            <g key={number} class="message">
              <path
                d={x1 === x2 ? `M${x1},${y - 4} h22 v8 h-20` : `M${x1},${y} H${x2 + (x1 < x2 ? -1 : 1)}`}
                marker-end="url(#arrow)"
              />
              <text
                x={x1 === x2 ? x1 + 28 : (x1 + x2) / 2}
                y={y - 4}
                text-anchor={x1 === x2 ? 'start' : 'middle'}
              >
                {type}
                <title>{clock(at)}</title>
              </text>
            </g>
          )
        })}
      </svg>
    </div>
  )
}

export const Actors = ({ actors }: { readonly actors: readonly ActorFacts[] }): JSX.Element => (
  <div class="scroll">
    <table class="actors">
      <tbody>
        {actors.map(({ address, current, status, waiting }) => (
          <tr key={address} class={status === 'failed' ? 'bad' : ''}>
            <td class="name" style={{ paddingLeft: `${(address.split('/').length - 1) * 14 + 8}px` }}>
              {address.split('/').at(-1)}
            </td>
            <td>
              <span class="state">{current}</span>
            </td>
            <td>{status === 'running' ? '' : status}</td>
            <td class="n">{waiting > 0 ? `${waiting} wait` : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
