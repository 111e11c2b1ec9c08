/** A machine as boxes and arrows. */
import type { AnyMachine, TransitionNode } from '../machine/index.ts'
import type { Chart, ChartArrow, ChartNode } from './facts.ts'

type State = AnyMachine['root']

const charts = new WeakMap<AnyMachine, Chart>()

/** The drawing of a machine: made once. */
export function chartOf(machine: AnyMachine): Chart {
  const known = charts.get(machine)
  if (known !== undefined) return known
  const states = [...machine.states.values()]
  const arrows = [...[machine.root, ...states].flatMap(arrowsOf), ...machine.children.flatMap(arrowsOfChild)]
  const chart = { nodes: states.map(nodeOf), arrows }
  charts.set(machine, chart)
  return chart
}

const nodeOf = ({ name, key, kind, parent, final }: State): ChartNode => ({
  id: name,
  name: key,
  parent: parent?.name ?? '',
  kind: final ? 'final' : kind,
  isInitial: parent?.initial?.name === name,
})

/** Where a child leads that is done, or has failed: from the states that it lives in, or from any. */
function arrowsOfChild({
  name,
  in: places = [''],
  onDone,
  onFault,
}: AnyMachine['children'][number]): ChartArrow[] {
  return places.flatMap((from) => {
    const arrows = (what: string, transitions: readonly TransitionNode[]): ChartArrow[] =>
      transitions.map(({ to, guard }) => ({
        from,
        to: to?.name ?? from,
        label: `${name} ${what}`,
        guarded: guard !== undefined,
      }))
    return [...arrows('done', onDone), ...arrows('fails', onFault)]
  })
}

/** What the machine itself handles begins at any state, and is drawn once. */
function arrowsOf(state: State): ChartArrow[] {
  const arrows = (label: string, transitions: readonly TransitionNode[]): ChartArrow[] =>
    transitions.map(({ to, guard }) => ({
      from: state.name,
      to: (to ?? state).name,
      label,
      guarded: guard !== undefined,
    }))
  return [
    ...[...state.own].flatMap(([type, transitions]) => arrows(type, transitions)),
    ...state.after.flatMap(({ ms, transitions }) => arrows(`after ${ms} ms`, transitions)),
    ...arrows('always', state.always),
    ...arrows('done', [...state.onDone, ...(state.invoke?.onDone ?? [])]),
    ...arrows('next', state.invoke?.onNext ?? []),
    ...arrows('error', state.invoke?.onError ?? []),
    ...(state.kind === 'history' && state.fallback !== undefined
      ? [{ from: state.name, to: state.fallback.name, label: '', guarded: false }]
      : []),
  ]
}
