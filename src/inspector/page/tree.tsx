/** @jsxImportSource preact */
/** A state as a tree; what is other than in another state is marked. */
import type { JSX } from 'preact'
import { useSession } from './session.ts'
import { type Branch, isBranch, isSame, leafText } from './values.ts'

/** Entries of one branch that are drawn; a branch with more says how many. */
const ENTRIES_MAX = 200
/** So many levels are open at first, as long as the branch is not larger than that. */
const OPEN_DEPTH = 2
const OPEN_SIZE = 30

interface Props {
  readonly name: string
  readonly path: string
  readonly value: unknown
  /** The same place in the state that it is compared with. */
  readonly before: unknown
  readonly depth: number
}

export const Tree = ({
  value,
  before,
}: {
  readonly value: unknown
  readonly before: unknown
}): JSX.Element => (
  <div class="tree" role="tree">
    {isBranch(value) ? (
      <Entries path="" value={value} before={before} depth={0} />
    ) : (
      <Leaf name="state" value={value} isChanged={!isSame(value, before)} />
    )}
  </div>
)

function Node({ name, path, value, before, depth }: Props): JSX.Element {
  const { toggled } = useSession()
  const isChanged = !isSame(value, before)
  if (!isBranch(value)) return <Leaf name={name} value={value} isChanged={isChanged} />
  const size = Object.keys(value).length
  const isOpen = toggled.value.get(path) ?? (depth < OPEN_DEPTH && size <= OPEN_SIZE && size > 0)
  const toggle = (): void => {
    toggled.value = new Map(toggled.value).set(path, !isOpen)
  }
  return (
    <div class="branch">
      <button type="button" class={isChanged ? 'changed' : ''} aria-expanded={isOpen} onClick={toggle}>
        <span class="twist">{isOpen ? '▾' : '▸'}</span>
        <span class="key">{name}</span>
        <span class="size">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
      </button>
      {isOpen ? <Entries path={path} value={value} before={before} depth={depth + 1} /> : null}
    </div>
  )
}

function Entries({
  path,
  value,
  before,
  depth,
}: Omit<Props, 'name' | 'value'> & { value: Branch }): JSX.Element {
  const entries = Object.entries(value)
  const old = isBranch(before) ? before : undefined
  const gone = Array.isArray(value) ? [] : Object.keys(old ?? {}).filter((key) => !(key in value))
  return (
    <div class="entries">
      {entries.slice(0, ENTRIES_MAX).map(([key, entry]) => (
        <Node key={key} name={key} path={`${path}/${key}`} value={entry} before={old?.[key]} depth={depth} />
      ))}
      {gone.slice(0, ENTRIES_MAX).map((key) => (
        <div key={`-${key}`} class="leaf gone">
          <span class="key">{key}</span>
          <span class="value">gone</span>
        </div>
      ))}
      {entries.length > ENTRIES_MAX ? <div class="leaf size">{entries.length - ENTRIES_MAX} more</div> : null}
    </div>
  )
}

const Leaf = ({
  name,
  value,
  isChanged,
}: {
  readonly name: string
  readonly value: unknown
  readonly isChanged: boolean
}): JSX.Element => (
  <div class={`leaf ${isChanged ? 'changed' : ''}`} role="treeitem" tabIndex={-1}>
    <span class="key">{name}</span>
    <span class={`value ${typeof value}`}>{leafText(value)}</span>
  </div>
)
