/**
 * One run, from its first record to its summary:
 *
 *   records ─> loop ─> handler ─> store ─┬─> subscribers, each at its own pace
 *                                        └─> transitions ─> reporter
 *
 * However the run ends (the records, a signal, a reader that has gone, a bad record of a strict run), the
 * same things follow in the same order: subscribers get a short time to finish, the summary is shown, the
 * store is destroyed, the output is flushed.
 */
import type { InspectorServer } from '../inspector/index.ts'
import type { JournalEngine, JournalStats } from '../journal/index.ts'
import { onAbort } from '../kit/index.ts'
import { type Cell, createMachineStore, type MachineStore } from '../machine/index.ts'
import type { SubscriberFault, SubscriberHandle } from '../store/index.ts'
import type { CommandIo } from './command-io.ts'
import { JsonReporter } from './json-reporter.ts'
import { LiveReporter } from './live-reporter.ts'
import type { CheckedModule, CheckedSubscriber } from './load-module.ts'
import { Output } from './output.ts'
import { Pace } from './pace.ts'
import type { Speed } from './parse-run-arguments.ts'
import { PlainReporter } from './plain-reporter.ts'
import { isReaderGone, unwritten } from './print.ts'
import { printable } from './printable.ts'
import { RecordHandler, type Rejection } from './record-handler.ts'
import type { RecordBatch, RecordSource } from './record-source.ts'
import { RecordTime } from './record-time.ts'
import type { Reporter, RunStatus } from './reporter.ts'
import type { RunJournal } from './run-journal.ts'
import { RunLoop } from './run-loop.ts'
import { screenKind } from './screen.ts'
import { StopSwitch } from './stop-switch.ts'
import { attachSubscribers, settle } from './subscribers.ts'
import { summarize } from './summary.ts'
import type { Listening } from './sync/listen.ts'
import { messageOf, UsageError } from './usage-error.ts'
import { REPLACEMENT } from './utf8-watch.ts'
import { watchTransitions } from './watch-transitions.ts'

/** How many failures of one subscriber are told; its statistics count all. */
export const FAULTS_TOLD_MAX = 10
/** The exit status of a run that took none of its records. */
const ALL_REJECTED_STATUS = 3
/** The exit status of a run whose journal lacks some of its commits. */
const UNKEPT_STATUS = 1
/** How many bad records are told; the summary counts all. */
export const REJECTIONS_TOLD_MAX = 10

/** What a run is made of; all of it is checked. */
export interface RunParts {
  readonly module: CheckedModule
  readonly source: RecordSource
  readonly speed: Speed
  /** Whether `--speed` was given, and asks for the times of the records. */
  readonly keepsTimes: boolean
  readonly subscribers: readonly CheckedSubscriber[]
  readonly json: boolean
  readonly strict: boolean
  /** What keeps its commits; undefined for none. */
  readonly engine: JournalEngine | undefined
}

export class RunSession {
  readonly #parts: RunParts
  readonly #io: CommandIo
  readonly #stop: StopSwitch
  readonly #output: Output
  readonly #errors: Output
  readonly #reporter: Reporter
  readonly #store: MachineStore<unknown, Cell>
  readonly #handler: RecordHandler
  readonly #loop: RunLoop
  readonly #recordTime: RecordTime
  readonly #pace: Pace
  readonly #faultsTold = new Map<string, number>()
  #handles: readonly SubscriberHandle[] = []
  #journal: RunJournal | undefined
  #listening: Listening | undefined
  #inspector: InspectorServer | undefined
  #unkept: string | undefined

  /** @throws what the machine's first `entry` throws; nothing has been written then. */
  constructor(parts: RunParts, io: CommandIo) {
    const { module, source, speed, subscribers } = parts
    this.#parts = parts
    this.#io = io
    this.#recordTime = new RecordTime(module.timeField, module.timeUnit)
    this.#pace = new Pace(speed, this.#recordTime)
    this.#store = createMachineStore(module.machine, { onFault: (fault) => this.#tellFault(fault) })
    this.#stop = new StopSwitch(io.signal)
    this.#output = new Output(io.stdout, (error) => this.#stop.stop({ kind: 'output', error }))
    this.#errors = new Output(io.stderr)
    this.#reporter = this.#openReporter()
    this.#handler = new RecordHandler(module, this.#store, (rejection) => this.#tellRejection(rejection))
    this.#loop = new RunLoop({
      source,
      handler: this.#handler,
      pace: this.#pace,
      store: this.#store,
      suspends: subscribers.some(({ policy }) => policy.suspends),
      output: this.#output,
      room: () => this.#journal?.room(),
      time: io.time,
      stop: this.#stop,
      onMalformed: (batch) => this.#tellMalformed(batch),
    })
  }

  /**
   * Goes on where an earlier run has stopped, and keeps what comes; before {@link play}.
   *
   * @throws what the journal cannot be opened for; nothing has been written then.
   */
  async recover(): Promise<void> {
    const { engine } = this.#parts
    if (engine === undefined) return
    const { RunJournal } = await import('./run-journal.ts')
    this.#journal = await RunJournal.open(
      engine,
      this.#store,
      () => this.#handler.position,
      (sentence) => this.#reporter.problem(sentence),
    )
    if (this.#journal.start !== undefined) this.#handler.startAt(this.#journal.start)
  }

  /**
   * Serves the store to mirrors of this machine; before {@link play}.
   *
   * @throws {@link UsageError} where that cannot be done; nothing has been written then.
   */
  async serve(port: number): Promise<void> {
    const { ListenError, listen } = await import('./sync/listen.ts')
    this.#listening = await listen(this.#store, { host: '127.0.0.1', port }).catch((error: unknown) => {
      this.#parts.source.close()
      throw error instanceof ListenError ? new UsageError(error.message, { cause: error }) : error
    })
    this.#errors.line(`Serving the store at ${this.#listening.url}`)
  }

  /**
   * Serves a page that shows the run; before {@link play}.
   *
   * @throws what the port cannot be listened to for; nothing has been written then.
   */
  async inspect(port: number): Promise<void> {
    const { serveInspector } = await import('../inspector/index.ts')
    const kept = this.#journal?.kept
    this.#inspector = await serveInspector([this.#store], {
      port,
      program: this.#parts.module.machine.id,
      ...(kept && { journals: new Map([[this.#store, kept]]) }),
    })
    this.#reporter.problem(`The inspector: ${this.#inspector.url}`)
  }

  /** Plays the run to its end. @returns the exit status. */
  async play(): Promise<number> {
    const stopWatching = watchTransitions(this.#store, (seen) =>
      this.#reporter.transition({ type: 'transition', t: this.#handler.writingTime, ...seen }),
    )
    this.#handles = attachSubscribers(this.#store, this.#parts.subscribers)
    await this.#loop.run()
    this.#tellTimeless()
    await settle(this.#handles, this.#io.time, this.#stop)
    const kept = await this.#closeJournal()
    this.#reporter.finish(summarize(this.#handler, this.#loop.elapsedMs, this.#store, this.#handles, kept))
    stopWatching()
    await this.#closeInspector()
    this.#store.destroy()
    await this.#listening?.close()
    await this.#output.flush()
    this.#stop.release()
    const { cause, status } = this.#stop
    const sentence = this.#lastWord()
    if (sentence !== undefined) this.#errors.line(sentence)
    await this.#errors.flush()
    if (cause === undefined && this.#allRejected) return ALL_REJECTED_STATUS
    return status === 0 && this.#unkept !== undefined ? UNKEPT_STATUS : status
  }

  /** Whether there were records, and not one was taken. */
  get #allRejected(): boolean {
    return this.#handler.records === 0 && this.#handler.rejected > 0
  }

  /** Why the run has not come to a good end, where its summary does not say it. */
  #lastWord(): string | undefined {
    const { cause } = this.#stop
    if (cause?.kind === 'unreadable') return `headgate run: ${cause.sentence}`
    if (cause?.kind === 'output' && !isReaderGone(cause.error)) return unwritten(cause.error)
    if (cause?.kind === 'signal' && cause.name === 'IDLE')
      return 'headgate run: The records await what will never come.'
    if (this.#unkept !== undefined) return `headgate run: ${this.#unkept}`
    if (cause === undefined && this.#allRejected) return 'headgate run: Every line was rejected.'
    return undefined
  }

  /** In a terminal it can be looked at until the user has seen enough. */
  async #closeInspector(): Promise<void> {
    const inspector = this.#inspector
    if (inspector === undefined) return
    if (this.#stop.cause === undefined && screenKind(this.#io).isScreen) {
      this.#errors.line(`The run is over, and the inspector stays: ${inspector.url}. Ctrl-C ends it.`)
      await new Promise<void>((resolve) => {
        onAbort(this.#io.signal, resolve)
      })
    }
    await inspector.close()
  }

  async #closeJournal(): Promise<JournalStats | undefined> {
    if (this.#journal === undefined) return undefined
    const { start } = this.#journal
    const { number } = this.#handler
    if (this.#stop.cause === undefined && start !== undefined && number < start.number - 1) {
      this.#reporter.problem(
        `The records end at line ${number}, and the journal stands behind line ${start.number - 1}: are they the same records?`,
      )
    }
    const { stats, problem } = await this.#journal.close()
    this.#unkept = problem
    return stats
  }

  #openReporter(): Reporter {
    const { json } = this.#parts
    const { time } = this.#io
    const output = this.#output
    const errors = this.#errors
    const { isScreen, palette } = screenKind(this.#io)
    const recordTime = this.#recordTime
    if (json) return new JsonReporter(output, errors)
    if (!isScreen) return new PlainReporter(output, errors, palette, recordTime)
    return new LiveReporter({ output, errors, palette, recordTime, time, status: () => this.#status() })
  }

  #status(): RunStatus {
    const { currentState, currentVersion, unhandledEvents } = this.#store.metrics()
    return {
      machine: this.#parts.module.machine.id,
      state: currentState,
      version: currentVersion,
      records: this.#handler.records,
      rejected: this.#handler.rejected,
      unhandled: unhandledEvents,
      progress: this.#loop.progress,
      subscribers: this.#handles.map((handle) => handle.stats()),
    }
  }

  /** Says that records which were to come at their own times had none. */
  #tellTimeless(): void {
    if (!this.#parts.keepsTimes || this.#pace.timed || this.#handler.records === 0) return
    this.#reporter.problem(
      `--speed had no times to keep: no record has one in "${printable(this.#recordTime.field)}". Name their field with --time FIELD[:UNIT].`,
    )
  }

  #tellMalformed({ items, firstNumber }: RecordBatch): void {
    const index = items.findIndex((item) => typeof item === 'string' && item.includes(REPLACEMENT))
    const number = firstNumber + (index < 0 ? items.length : index)
    this.#reporter.problem(
      `line ${number} is not UTF-8; bytes that are none are read as U+FFFD, also further on`,
    )
  }

  #tellRejection({ number, reason }: Rejection): void {
    if (this.#parts.strict) this.#stop.stop({ kind: 'strict' })
    const { rejected } = this.#handler
    if (rejected > REJECTIONS_TOLD_MAX) return
    const last = rejected === REJECTIONS_TOLD_MAX ? ' (further lines are only counted)' : ''
    this.#reporter.problem(`line ${number} rejected: ${reason}${last}`)
  }

  #tellFault({ subscriberId, phase, version, error }: SubscriberFault): void {
    const told = (this.#faultsTold.get(subscriberId) ?? 0) + 1
    this.#faultsTold.set(subscriberId, told)
    if (told > FAULTS_TOLD_MAX) return
    const last = told === FAULTS_TOLD_MAX ? ' (its further failures are only counted)' : ''
    this.#reporter.problem(
      `${printable(subscriberId)} failed in ${phase} at version ${version}: ${messageOf(error)}${last}`,
    )
  }
}
