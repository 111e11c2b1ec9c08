/** What a shape of states must be: the type that the states of a definition are inferred under, at each level. */
import type { Compound } from './cells.ts'
import type { InnerTypes, OuterTypes } from './declared-types.ts'
import type { EventObject, StateDefinition } from './definition.ts'

/**
 * The states inside of others. `Shape` is only carried along: a mapped type over what is not known yet is what the
 * compiler reads the parameters of functions from; one over the states inside of a state of it is not. So an inner
 * state's name is any text here, and its siblings are told apart by level: an editor completes their names.
 */
type InnerStates<
  Context,
  Event extends EventObject,
  Types,
  Shape,
  Path extends string,
  Input,
  Siblings extends string,
  Inside,
> = {
  readonly [Name in keyof Shape | string]?: StateDefinition<
    Context,
    Event,
    Siblings | FarTarget,
    InnerTypes<Event, Types, Input, Path, Name & string>
  > & {
    readonly initial?: NamesIn<Inside>
    readonly target?: Siblings | FarTarget
    readonly states?: InnerStates<
      Context,
      Event,
      Types,
      Shape,
      `${Path}.${Name & string}`,
      Input,
      NamesIn<Inside>,
      InsideOf<Inside>
    >
  }
}

/** The states inside of those of a shape, at any of them; and their names, any text as long as nothing is inferred. */
type InsideOf<States> = States extends unknown
  ? { [Name in keyof States]: States[Name] extends Compound<infer Inner> ? Inner : never }[keyof States]
  : never
type NamesIn<Inside> = [Inside] extends [never]
  ? string
  : Inside extends unknown
    ? keyof Inside & string
    : never

/** A target that is no sibling; which of these there are is checked in `hints.ts`. */
type FarTarget = `.${string}` | `#${string}` | `${string}.${string}`

/** What a shape of states must be. */
export type StatesOf<Context, Event extends EventObject, Types, Shape, Input> = {
  readonly [Name in keyof Shape]: StateDefinition<
    Context,
    Event,
    (keyof Shape & string) | FarTarget,
    OuterTypes<Event, Types, Input, Name>
  > & {
    readonly initial?: NamesIn<InsideOf<Pick<Shape, Name>>>
    readonly states?: InnerStates<
      Context,
      Event,
      Types,
      Shape,
      Name & string,
      Input,
      NamesIn<InsideOf<Pick<Shape, Name>>>,
      InsideOf<InsideOf<Pick<Shape, Name>>>
    >
  }
}
