/**
 * Runs a scenario file in a child process and lets memlab look for what was made in it, survived the release
 * and is reachable.
 *
 * memlab's own rules know the DOM and React and find nothing in a Node program, so the filter here is the
 * widest: every object and every closure counts. The filter is also where they are counted: memlab itself
 * reports one trace for each cluster of similar ones.
 */
import type { RmOptions } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { config, type IHeapNode } from '@memlab/core'
import { findLeaksBySnapshotFilePaths } from 'memlab'
import { runChild } from './child.ts'
import { flagsOf, loadScenarios } from './load-scenarios.ts'
import { retainerTrace } from './retainer-trace.ts'

/** What is left of one claim, and what keeps the first of it. */
export interface ClaimLeak {
  objects: number
  readonly trace: readonly string[]
}

/** What was found in one run. */
export interface LeakReport {
  /** Objects and closures that were made between the first two snapshots and live in the third. */
  readonly leaked: number
  /** By the claim whose witness was left; what no witness tells is under {@link UNWITNESSED}. */
  readonly byClaim: ReadonlyMap<string, ClaimLeak>
}

/** How a scenario file is run. */
export interface FindOptions {
  readonly kind: 'clean' | 'leak'
  /** How many of each claim at most; 0 (default): as many as the claim says. */
  readonly most?: number
  readonly environment?: 'production' | 'development'
}

/** Stands for a claim where nothing that is left tells which one it belongs to. */
export const UNWITNESSED = '(what its objects hold)'

/** How a folder of memlab's is removed: it may still be writing there, and is waited for. */
export const REMOVAL: RmOptions = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }

/** memlab clusters each trace with every other: as many as this are enough to see what is wrong. */
const CLUSTERED_MAX = 200

/** Counts what passes the widest filter; see {@link LeakReport}. */
export class LeakCounter implements LeakReport {
  leaked = 0
  readonly byClaim: Map<string, ClaimLeak> = new Map()
  readonly #unwitnessed: string
  readonly #counts: (node: IHeapNode) => boolean

  /**
   * @param unwitnessed - the claim to which what no witness tells is counted.
   * @param counts - which nodes count.
   */
  constructor(
    unwitnessed: string,
    counts: (node: IHeapNode) => boolean = ({ type }) => type === 'object' || type === 'closure',
  ) {
    this.#unwitnessed = unwitnessed
    this.#counts = counts
  }

  /** memlab's leak filter: whether a survivor is reported. */
  readonly filter = (node: IHeapNode): boolean => {
    if (!this.#counts(node)) return false
    // No path from a root but through weak references: not kept by anybody.
    if (!node.hasPathEdge) return false
    this.leaked += 1
    this.#count(claimOf(node) ?? this.#unwitnessed, node)
    return this.leaked <= CLUSTERED_MAX
  }

  #count(claim: string, node: IHeapNode): void {
    const known = this.byClaim.get(claim)
    if (known === undefined) this.byClaim.set(claim, { objects: 1, trace: retainerTrace(node) })
    else known.objects += 1
  }
}

/** The claim whose witness this node is. */
function claimOf(node: IHeapNode): string | undefined {
  if (node.name !== 'Witness') return undefined
  return node.getReferenceNode('claim')?.toStringNode()?.stringValue
}

/** The comparison under way. One at a time: the settings of memlab, its filter among them, are global. */
let comparing: Promise<void> = Promise.resolve()

/** Runs all claims of a scenario file, and reports what is left of them. */
export async function findLeaks(scenario: string, options: FindOptions): Promise<LeakReport> {
  const { kind, most = 0, environment } = options
  const folder = await mkdtemp(join(tmpdir(), 'headgate-memlab-'))
  try {
    await runChild('run-scenario', [scenario, kind, String(most), folder], environment, flagsOf(scenario))
    const { claims } = loadScenarios(scenario)
    const only = claims.length === 1 ? claims[0]?.name : undefined
    const counter = new LeakCounter(only ?? UNWITNESSED)
    comparing = comparing.catch(() => {}).then(() => compareSnapshots(folder, counter))
    await comparing
    return counter
  } finally {
    await rm(folder, REMOVAL)
  }
}

async function compareSnapshots(folder: string, counter: LeakCounter): Promise<void> {
  config.externalLeakFilter = { leakFilter: counter.filter }
  // 2: a failure of memlab is thrown; by default it halts the process.
  config.errorHandling = 2
  config.muteConsole = true
  const [before, between, after] = ['before', 'between', 'after'].map((name) =>
    join(folder, `${name}.heapsnapshot`),
  ) as [string, string, string]
  await findLeaksBySnapshotFilePaths(before, between, after, { workDir: join(folder, 'work') })
}
