/** @jsxImportSource preact */
/** Boxes and arrows, as laid out. */
import type { JSX } from 'preact'
import type { Drawn, Layout, Placed } from './layout.ts'

interface Props {
  readonly layout: Layout
  readonly label: string
  boxClass(box: Placed): string
  arrowClass(arrow: Drawn): string
  onBox?: ((box: Placed) => void) | undefined
  note?: ((box: Placed) => string) | undefined
}

export function Drawing({ layout, label, boxClass, arrowClass, onBox, note }: Props): JSX.Element {
  const { width, height, boxes, arrows } = layout
  return (
    <div class="drawing">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M0,0.5 L8,4 L0,7.5 Z" />
          </marker>
        </defs>
        {boxes.map((box) => (
          <BoxShape key={box.id} box={box} kind={boxClass(box)} onBox={onBox} note={note?.(box)} />
        ))}
        {arrows.map((arrow) => (
          <g key={`${arrow.from} ${arrow.to}`} class={`arrow ${arrowClass(arrow)}`}>
            <path d={arrow.path} marker-end="url(#tip)" />
            <Label arrow={arrow} />
          </g>
        ))}
      </svg>
    </div>
  )
}

function BoxShape({
  box,
  kind,
  onBox,
  note,
}: {
  readonly box: Placed
  readonly kind: string
  readonly onBox: Props['onBox']
  readonly note: string | undefined
}): JSX.Element {
  const { x, y, width, height, label, isGroup } = box
  const press = onBox === undefined ? undefined : () => onBox(box)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the overview is the way for keys
    <g class={`box ${kind} ${isGroup ? 'group' : ''}`} data-box={box.id} onClick={press}>
      <rect x={x} y={y} width={width} height={height} rx={7} />
      <text
        x={isGroup ? x + 9 : x + width / 2}
        y={isGroup ? y + 14 : y + height / 2 + (note ? -2 : 4)}
        text-anchor={isGroup ? 'start' : 'middle'}
      >
        {label}
      </text>
      {note ? (
        <text class="note" x={x + width / 2} y={y + height / 2 + 11} text-anchor="middle">
          {note}
        </text>
      ) : null}
    </g>
  )
}

function Label({ arrow }: { readonly arrow: Drawn }): JSX.Element | null {
  if (arrow.label === '') return null
  const lines = arrow.label.split('\n')
  return (
    <text x={arrow.labelX} y={arrow.labelY - (lines.length - 1) * 6.5 + 3.5} text-anchor="middle">
      {lines.map((line, i) => (
        <tspan key={line} x={arrow.labelX} dy={i === 0 ? 0 : 13}>
          {line}
        </tspan>
      ))}
    </text>
  )
}
