import { contain } from '../kit/index.ts'
import type { Write } from '../store/index.ts'
import type { RunTools } from './definition.ts'
import type { AnyContextRecipe } from './machine.ts'
import type { Letter } from './outbox.ts'

/** What acts are given, and who is told of what they throw. */
export interface Actor {
  readonly destroyed: boolean
  send(event: unknown, write?: Write): unknown
  updateContext(recipe: AnyContextRecipe, write?: Write): unknown
  emit(event: unknown): void
  report(phase: 'run', error: unknown): void
}

/** Does what is to be done outside of the context. */
export function act(actor: Actor, letters: readonly Letter[]): void {
  const report = (error: unknown): void => actor.report('run', error)
  for (const { act, event, context } of letters) {
    if (actor.destroyed) return
    const { emit } = act
    // The casts give back the names that are erased in tables.
    contain(() => {
      if (emit === undefined) return
      actor.emit(typeof emit === 'function' ? emit(context as never, event as never) : emit)
    }, report)
    contain(() => act.run?.(context as never, event as never, toolsOf(actor)), report)
  }
}

const toolsOf = (actor: Actor): RunTools<never> =>
  ({
    send: (event, write) => actor.send(event, write),
    update: (recipe, write) => actor.updateContext(recipe as AnyContextRecipe, write),
    emit: (event) => actor.emit(event),
  }) as RunTools<never>
