import { Failure, type Input, type View } from './input.ts'

/** From so many inputs on they are looked up in a map. */
const MANY = 16

/** What one run of a derived value read, in order: its inputs, and what their states were. */
export class Reading {
  readonly view: View
  inputs: readonly Input[]
  readonly states: unknown[]
  /** Whether it met itself: what it made holds for nothing but the error. */
  isCyclic = false
  /** Whether any of its inputs is fed. */
  isFed = false
  #places: Map<Input, number> | undefined

  constructor(view: View, inputs: readonly Input[] = [], states: unknown[] = []) {
    this.view = view
    this.inputs = inputs
    this.states = states
  }

  /** Whether all that was read is frozen: so is then what is made of it. */
  get isFrozen(): boolean {
    return this.states.every(Object.isFrozen)
  }

  /** The same reading, now that what it read is published. */
  published(): Reading {
    const reading = new Reading('published', this.inputs, this.states)
    reading.isFed = this.isFed
    return reading
  }

  /** The state of an input; the same throughout. Throws what computing it threw, or `DERIVE_CYCLE`. */
  read(input: Input): unknown {
    const place = this.#placeOf(input)
    const state = place === undefined ? this.#add(input) : this.states[place]
    if (state instanceof Failure) throw state.error
    return state
  }

  /** The states of all inputs that are given. All are read, also where one has failed. */
  readAll(inputs: readonly Input[]): unknown[] {
    this.inputs = inputs
    const { states } = this
    let failure: Failure | undefined
    for (let place = 0; place < inputs.length; place += 1) {
      const state = this.#stateOf(inputs[place] as Input)
      states.push(state)
      if (failure === undefined && state instanceof Failure) failure = state
    }
    if (failure !== undefined) throw failure.error
    return states
  }

  /** Whether every input still has the state that was read. */
  holds(view: View): boolean {
    if (this.isCyclic) return false
    const { inputs, states } = this
    try {
      // In order: what was read first decides what was read afterwards.
      for (let place = 0; place < inputs.length; place += 1) {
        if (!Object.is((inputs[place] as Input).read(view), states[place])) return false
      }
      return true
    } catch {
      return false // it has come to stand on itself; the run will say so
    }
  }

  /** Whether it read the same inputs in the same order as another. */
  hasInputsOf({ inputs }: Reading): boolean {
    return (
      this.inputs === inputs ||
      (this.inputs.length === inputs.length && this.inputs.every((input, place) => input === inputs[place]))
    )
  }

  /** Whether another reading found the same at a place. */
  hasSame({ inputs, states }: Reading, place: number): boolean {
    return this.inputs[place] === inputs[place] && Object.is(this.states[place], states[place])
  }

  #placeOf(input: Input): number | undefined {
    if (this.inputs.length < MANY) {
      const place = this.inputs.indexOf(input)
      return place < 0 ? undefined : place
    }
    this.#places ??= new Map(this.inputs.map((each, place) => [each, place]))
    return this.#places.get(input)
  }

  #add(input: Input): unknown {
    const state = this.#stateOf(input)
    this.#places?.set(input, this.inputs.length)
    // The cast holds: one that adds has an array of its own.
    ;(this.inputs as Input[]).push(input)
    this.states.push(state)
    return state
  }

  #stateOf(input: Input): unknown {
    try {
      const state = input.read(this.view)
      this.isFed ||= input.isFed
      return state
    } catch (error) {
      this.isCyclic = true
      throw error
    }
  }
}
