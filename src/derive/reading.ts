/**
 * What one run of a derived value read, in order: its inputs, and what their states were.
 *
 * The next run reads in the same place, since nearly every run reads what the one before did:
 *
 *   holds()     asks inputs in order, until one has another state         a b c D . .
 *   run         takes those before it as they are, reads the others       a b c D'E'f
 *
 * The newest among the inputs whose states are others is what caused the run. A run that goes another way than the one
 * before turns off it: what was read from there on is kept aside until the run has ended.
 */
import { Failure, type Input, type View } from './input.ts'
import type { Labels } from './made.ts'

/** From so many inputs on they are looked up in a map. */
const MANY = 16

/** Inputs, and their states. */
interface Read {
  readonly inputs: readonly Input[]
  readonly states: readonly unknown[]
}

/** In the place of a state that is not known. */
const NONE = Symbol('none')

const NOTHING: Read = { inputs: [], states: [] }

export class Reading implements Read {
  view: View
  inputs: readonly Input[] = []
  readonly states: unknown[] = []
  /** Whether it met itself: what it made holds for nothing but the error. */
  isCyclic = false
  /** What caused the run: of all that it found changed, the newest. */
  cause: Labels | undefined
  /** What the run is compared with: what stands in its own place until it is overwritten, or another reading. */
  #before: Read = NOTHING
  /** Where the run is. */
  #place = 0
  /** How many inputs have just been asked, and have the states that are known. */
  #asked = 0
  /** Of the input behind those, which was asked too: its state. */
  #found: unknown = NONE
  #places: Map<Input, number> | undefined
  /** Whether any of its inputs is fed, once somebody has asked. */
  #isFed: boolean | undefined

  constructor(view: View) {
    this.view = view
  }

  /** Whether all that was read is frozen: so is then what is made of it. */
  get isFrozen(): boolean {
    return this.states.every(Object.isFrozen)
  }

  /** Whether any of its inputs is fed. */
  get isFed(): boolean {
    if (this.#isFed === undefined) {
      this.#isFed = false // one that comes to stand on itself asks itself
      this.#isFed = this.inputs.some((input) => input.isFed)
    }
    return this.#isFed
  }

  /** A run begins. @param before - the reading that its changes are told from: this one, where it is read anew. */
  begin(before: Reading | undefined): void {
    if (this.#before !== before) this.#before = before ?? NOTHING
    this.#place = 0
    this.isCyclic = false
    this.cause = undefined
  }

  /** The run has ended. Returns the inputs of the run before, where they were others. */
  end(): readonly Input[] | undefined {
    if (this.#place < this.inputs.length) this.#turn()
    const { inputs } = this.#before
    // Nearly always it stays what the next run is compared with.
    if (this.#before !== this) this.#before = NOTHING
    this.#asked = 0
    this.#found = NONE
    return this.inputs === inputs ? undefined : inputs
  }

  /** The state of an input; the same throughout. Throws what computing it threw, or `DERIVE_CYCLE`. */
  read(input: Input): unknown {
    const place = this.#placeOf(input)
    const state = place === undefined ? this.#next(input) : this.states[place]
    if (state instanceof Failure) throw state.error
    return state
  }

  /** The states of all inputs that are given: in each run the same. All are read, also where one has failed. */
  readAll(inputs: readonly Input[]): unknown[] {
    if (this.inputs !== inputs) this.inputs = inputs
    // It goes no other way.
    this.#place = inputs.length
    const { states } = this
    for (let place = this.#asked; place < inputs.length; place += 1) this.#take(inputs[place] as Input, place)
    for (let place = 0; place < inputs.length; place += 1) {
      const state = states[place]
      if (state instanceof Failure) throw state.error
    }
    return states
  }

  /** Whether every input still has the state that was read. */
  holds(view: View): boolean {
    this.#asked = 0
    this.#found = NONE
    this.#isFed = undefined
    if (this.isCyclic) return false
    const { inputs, states } = this
    try {
      // In order: what was read first decides what was read afterwards.
      for (let place = 0; place < inputs.length; place += 1) {
        const state = (inputs[place] as Input).read(view)
        if (!Object.is(state, states[place])) {
          this.#asked = place
          this.#found = state
          return false
        }
      }
      return true
    } catch {
      return false // it has come to stand on itself; the run will say so
    }
  }

  /** What it read ahead is published: the cause is told by other labels now. */
  publish(before: Reading | undefined): void {
    this.view = 'published'
    this.cause = undefined
    const { inputs, states } = before ?? NOTHING
    for (let place = 0; place < this.inputs.length; place += 1) {
      const input = this.inputs[place] as Input
      if (inputs[place] !== input || !Object.is(states[place], this.states[place])) this.#blame(input)
    }
  }

  /** Where the run has read an input, if it has. */
  #placeOf(input: Input): number | undefined {
    const { inputs } = this
    const next = this.#place
    // No input stands in two places.
    if (next === 0 || inputs[next] === input) return undefined
    if (next < MANY) {
      const place = inputs.lastIndexOf(input, next - 1)
      return place < 0 ? undefined : place
    }
    this.#places ??= new Map(inputs.map((each, place) => [each, place]))
    const place = this.#places.get(input)
    return place === undefined || place >= next ? undefined : place
  }

  /** Reads an input in the next place. */
  #next(input: Input): unknown {
    const place = this.#place
    if (this.inputs[place] !== input) {
      if (this.#before === this)
        this.#turn()
        // The cast holds: one that does not read all that is given has an array of its own.
      ;(this.inputs as Input[]).push(input)
      this.#places?.set(input, place)
    }
    const state = this.#take(input, place)
    this.#place = place + 1
    return state
  }

  /** Goes another way than the run before from here on. */
  #turn(): void {
    const place = this.#place
    if (this.#before === this) this.#before = { inputs: this.inputs, states: this.states.slice() }
    this.inputs = this.inputs.slice(0, place)
    this.states.length = place
    this.#asked = 0
    this.#found = NONE
    this.#places = undefined
  }

  #take(input: Input, place: number): unknown {
    if (place < this.#asked) return this.states[place]
    const state = place === this.#asked && this.#found !== NONE ? this.#found : this.#ask(input)
    const { inputs, states } = this.#before
    if (inputs[place] === input && Object.is(states[place], state)) {
      if (states !== this.states) this.states[place] = state
    } else {
      this.#blame(input)
      this.states[place] = state
    }
    return state
  }

  #ask(input: Input): unknown {
    try {
      return input.read(this.view)
    } catch (error) {
      this.isCyclic = true
      throw error
    }
  }

  #blame(input: Input): void {
    const labels = input.labels(this.view)
    if (labels !== undefined && !(this.cause !== undefined && labels.tsMono < this.cause.tsMono))
      this.cause = labels
  }
}
