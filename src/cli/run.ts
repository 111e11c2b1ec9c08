import type { JournalEngine } from '../journal/index.ts'
import type { CommandIo } from './command-io.ts'
import { demonstration } from './demonstration/demonstration.ts'
import { type CheckedModule, checkModule, loadModule } from './load-module.ts'
import type { RunOptions } from './parse-run-arguments.ts'
import { fromRecords, fromStream, openFile, type RecordSource } from './record-source.ts'
import { RunSession } from './run-session.ts'
import { chooseSubscribers } from './subscribers.ts'
import { messageOf, UsageError } from './usage-error.ts'

/**
 * Runs what the options ask for.
 *
 * Everything that can be wrong with the call is found before anything is written, and thrown; from then on,
 * whatever happens leads to the summary.
 *
 * @returns the exit status.
 * @throws {@link UsageError}
 */
export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  const { json, strict } = options
  const loaded = options.module === undefined ? demonstrationModule() : await loadModule(options.module, io)
  const module = { ...loaded, ...options.time }
  const ownRecords = options.events === undefined && module.records !== undefined
  const speed = options.speed ?? (ownRecords ? 1 : 'max')
  const keepsTimes = options.speed !== undefined && speed !== 'max'
  const subscribers = chooseSubscribers(module.subscribers, options.subscribers)
  const source = await openSource(module, options, io)
  const engine = await openEngine(options, io)
  const session = openSession({ module, source, speed, keepsTimes, subscribers, json, strict, engine }, io)
  await session.recover().catch(async (error) => {
    source.close()
    const { folderProblem } = await import('./journal/folder-engine.ts')
    throw new UsageError(folderProblem(options.journal as string, error), { cause: error })
  })
  if (options.serve !== undefined) await session.serve(options.serve)
  if (options.inspect !== undefined) await openInspector(session, options.inspect, source)
  return session.play()
}

/** Loaded when it is asked for: a short run would feel its weight. */
async function openEngine({ journal }: RunOptions, io: CommandIo): Promise<JournalEngine | undefined> {
  if (journal === undefined) return undefined
  const { folderEngine } = await import('./journal/folder-engine.ts')
  return folderEngine(journal, io, true)
}

async function openInspector(session: RunSession, port: number, source: RecordSource): Promise<void> {
  await session.inspect(port).catch((error) => {
    source.close()
    throw new UsageError(`The inspector cannot be served: ${messageOf(error)}`, { cause: error })
  })
}

function demonstrationModule(): CheckedModule {
  return checkModule({ ...demonstration }, 'of the demonstration')
}

async function openSource(
  module: CheckedModule,
  { events, seed }: RunOptions,
  io: CommandIo,
): Promise<RecordSource> {
  const now = (): number => io.time.now()
  if (events !== undefined && events !== '-') return openFile(events, io.workingDirectory, now)
  const { records } = module
  if (events === undefined && records !== undefined) {
    return refuseThrow('"records" of the module threw', () => fromRecords(records({ seed }), now))
  }
  if (events === undefined && io.stdin.isTTY === true) {
    throw new UsageError('No records: name a file with --events FILE, or pipe them into standard input.')
  }
  return fromStream(io.stdin, now)
}

function openSession(parts: ConstructorParameters<typeof RunSession>[0], io: CommandIo): RunSession {
  return refuseThrow('The machine does not start', () => new RunSession(parts, io))
}

function refuseThrow<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new UsageError(`${what}: ${messageOf(error)}`, { cause: error })
  }
}
