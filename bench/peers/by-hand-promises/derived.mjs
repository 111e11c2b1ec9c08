/**
 * Derived values over {@link Versions}: what `derive` promises to whoever follows, and no more.
 *
 * - No mixture: a commit marks all that stands on it before anybody is told, and whoever is told brings its sources up
 *   to date first. Each value is computed at most once a commit; one that comes out equal wakes nobody.
 * - A value that is followed has versions of its own: frozen snapshots with the times of the commit that caused them,
 *   subscribers with counts, a queue for what is written meanwhile.
 * - A source is compared by its state. What `project` throws is kept in place of the value; followers keep the last.
 *
 * It is always attached: it knows no reads of what nobody follows, no batches, no sources that change from run to run,
 * no cycles, and its sources are never let go. No writes are refused while it computes.
 */
import { Versions } from './versions.mjs'

/** In place of a value: computing it threw. */
class Failure {
  constructor(error) {
    this.error = error
  }
}

const marked = []
let isTelling = false

export class Source extends Versions {
  nodes = []

  get state() {
    return this.snapshot.state
  }

  get cause() {
    return this.snapshot
  }

  bring() {}

  set(state) {
    // Marked first: nothing runs between this and the commit that makes the state current.
    const stale = []
    mark(this.nodes, stale)
    this.commit(state)
    if (stale.length > 0) tell(stale)
  }
}

function mark(nodes, stale) {
  for (const node of nodes) {
    if (node.stale) continue
    node.stale = true
    if (node.versions !== undefined) stale.push(node)
    mark(node.nodes, stale)
  }
}

/** All are brought up to date before the first of their followers is told. */
function tell(stale) {
  for (const node of stale) {
    node.bring()
    if (!(node.state instanceof Failure) && node.told !== node.number)
      marked.push(node, node.state, node.cause)
    node.told = node.number
  }
  if (isTelling) return
  isTelling = true
  for (let at = 0; at < marked.length; at += 3) {
    const { tsWall, tsMono } = marked[at + 2]
    marked[at].versions.commit(marked[at + 1], tsWall, tsMono)
  }
  marked.length = 0
  isTelling = false
}

export class Derived {
  nodes = []
  stale = true
  number = -1
  told = -1
  state = undefined
  cause = undefined
  /** While somebody follows. */
  versions = undefined

  constructor(sources, project) {
    this.sources = sources
    this.project = project
    this.states = sources.map(() => this)
    for (const source of sources) source.nodes.push(this)
  }

  bring() {
    if (!this.stale) return
    this.stale = false
    const { sources, states } = this
    let newest
    for (let place = 0; place < sources.length; place += 1) {
      const source = sources[place]
      source.bring()
      if (Object.is(source.state, states[place])) continue
      states[place] = source.state
      const { cause } = source
      if (newest === undefined || cause.tsMono >= newest.tsMono) newest = cause
    }
    if (newest === undefined) return
    try {
      for (const state of states) if (state instanceof Failure) throw state.error
      const state = this.project(...states)
      if (Object.is(state, this.state)) return
      this.state = state
      this.cause = newest
      this.number += 1
    } catch (error) {
      this.state = new Failure(error)
    }
  }

  subscribe(callback) {
    this.bring()
    this.told = this.number
    this.versions ??= new Versions(this.state)
    return this.versions.subscribe(callback)
  }
}
