/**
 * The sentence for each code: what happened, what was expected and what to do.
 *
 * In production builds they are left out, as immer does with its own: see errors.ts.
 */
import type { ErrorCode, ErrorDetails } from './errors.ts'

const list = (words: readonly string[]): string => (words.length === 0 ? 'nothing' : words.join(', '))

const REFUSED_BECAUSE = {
  unhandled: 'has no transition for',
  guard: 'has a guard that refused',
  final: 'is final, so it does not handle',
} as const

const UNFIT = {
  cyclic: (d) => `leads back to itself at ${d.path}. A state is a tree: keep ids instead of references.`,
  deep: (d) =>
    `has more than ${d.depthMax} levels at ${d.path}. Keep long chains as a list, or as a collection by id.`,
  draft: (d) =>
    `holds an immer draft at ${d.path}, whose recipe has ended or which lies inside something frozen. Copy it inside its recipe, with immer's current(draft).`,
} as const satisfies Record<string, (details: ErrorDetails['STATE_INVALID']) => string>

const SCOPES = {
  vue: 'in the setup() of a component, before its first await, or inside effectScope().run()',
  solid: 'in a component, or inside createRoot()',
  svelte: 'while a component is made, at the top of its script',
  angular: 'where a class is constructed by Angular, or inside runInInjectionContext()',
} as const satisfies Record<ErrorDetails['BINDING_SCOPE']['framework'], string>

const SENTENCES: { readonly [Code in ErrorCode]: (details: ErrorDetails[Code]) => string } = {
  AGUI_EVENT_INVALID: (d) =>
    `An AG-UI event was skipped (${d.type}): ${d.problem}. Correct what the agent sends; the events after it are read.`,
  BATCH_ASYNC: (d) =>
    `The work of a batch on store "${d.store}" returned ${d.returned}; it was rolled back. Await first and batch the writes afterwards, or use modify().`,
  BINDING_SCOPE: (d) =>
    `${d.called}() of headgate/${d.framework} was called outside of a scope that would end what it starts; nothing was started. Call it ${SCOPES[d.framework]}.`,
  BUFFER_OVERFLOW: (d) =>
    `Subscriber "${d.subscriberId}" was closed: its buffer of ${d.capacity} was full when version ${d.version} arrived. Raise the capacity, consume faster, or choose another overflow.`,
  CODEC_INVALID: (d) => `Expected ${d.field} to be ${d.expected}, got ${d.received}. ${d.advice}`,
  CONNECTION_ENDED: (d) =>
    `The server ended the connection of mirror "${d.store}": ${d.message} (${d.code}). ${d.code === 'REPLACED' ? 'Give each mirror an id of its own.' : 'The mirror tries again by itself.'}`,
  CONSUMER_INVALID: (d) =>
    `Expected the consumer to be a function, or an object with a "next" function, got ${d.received}.`,
  DELTA_INVALID: (d) =>
    `Operation ${d.operation} of a delta, at "${d.path}", was refused, and nothing was changed: ${d.problem}. Apply a delta to the state it was taken from.`,
  DERIVE_ASYNC: (d) =>
    `The function of derived value "${d.derived}" returned ${d.returned}. It must be synchronous: await elsewhere, and write the result to a store that it reads.`,
  DERIVE_CYCLE: (d) =>
    `A derived value depends on itself: ${d.names.join(' → ')}. Break the cycle: let one of them read a store, or the sources of the other.`,
  DEVTOOLS_STATE_LOST: (d) =>
    `Version ${d.version} of store "${d.store}" is no longer kept, and the panel's text cannot restore it: the state is not plain JSON, or was sanitized. Raise historyLimit.`,
  DRAIN_TIMEOUT: (d) =>
    `Store "${d.store}" was not idle within ${d.timeoutMs} ms: ${d.busy.join('; ')}. Let its consumers finish, or raise timeoutMs.`,
  EVENT_INVALID: (d) =>
    `Machine "${d.machine}" expected an event to be a string or an object with a string "type", got ${d.received}.`,
  EVENT_UNHANDLED: (d) =>
    `Machine "${d.machine}" in state ${d.state} ${REFUSED_BECAUSE[d.reason]} event ${d.event}. Handled here: ${list(d.allowed)}.`,
  GUARD_ASYNC: (d) =>
    `A guard of machine "${d.machine}" returned ${d.returned} for event ${d.event}; nothing was written. A guard must return true or false synchronously: put what it needs into the context first, or use invoke.`,
  GC_UNAVAILABLE: (d) =>
    `${d.operation} needs to force garbage collection, and this runtime does not allow it. Run under Node, or start the runtime with --expose-gc.`,
  JOURNAL_ABSENT: (d) =>
    `${d.journal === null ? 'No journal was named' : `There is no journal "${d.journal}"`}; the database holds ${d.found.length === 0 ? 'none. Check that it is the right database' : `${d.found.join(', ')}. Name one of these`}.`,
  JOURNAL_DAMAGED: (d) =>
    `Journal "${d.journal}" is damaged: its records are intact up to version ${d.lastGood}, and again from version ${d.firstAfter}. Restore a copy, or open it with { repair: true }, which cuts off what follows version ${d.lastGood} and keeps a copy of it.`,
  JOURNAL_EXISTS: (d) =>
    `Journal "${d.journal}" already exists, and was not touched. Import under another name, or into another database.`,
  JOURNAL_FOLLOWING: (d) =>
    `A write on store "${d.store}" was refused: another tab writes its journal "${d.journal}". Write there, or here once the journal's status is no longer "following".`,
  JOURNAL_FULL: (d) =>
    `A write on store "${d.store}" was refused: ${d.pendingMax} commits wait for the disk in journal "${d.journal}". Await store.ready(), raise pendingMax, or use behind: 'skip'.`,
  JOURNAL_LOCKED: (d) =>
    `Journal "${d.journal}" is open in another process or tab, and only one may write a journal. Close it there; in a browser, open it here with { follow: true }.`,
  JOURNAL_OPENING: (d) =>
    `A write on store "${d.store}" was refused: its journal "${d.journal}" is still opening, and what it recovers would overwrite the write. Write after openJournal() has resolved.`,
  JOURNAL_PENDING: (d) =>
    `Journal "${d.journal}" was closed before versions ${d.from} to ${d.to} were on the disk; they may be lost. See the cause; if there is none, check the disk, or raise retryMs or closeMs.`,
  JOURNAL_SEALED: (d) =>
    `The records of journal "${d.journal}" are encrypted or compressed. Open it with the seal that wrote them.`,
  JOURNAL_STUCK: (d) =>
    `Everything of journal "${d.journal}" is on the disk, but its engine did not close within ${d.closeMs} ms. Check the disk, or raise closeMs.`,
  JOURNAL_VERSION: (d) =>
    `Journal "${d.journal}" has ${d.what} ${d.found}, but this program knows ${d.known}; the journal was not touched. Open it with the program that wrote it, or pass migrate() for an older schema.`,
  KERNEL_ABSENT: () =>
    'kernelOf() expected a store of Headgate, or something built on one. Pass what createStore() or createMachineStore() returned.',
  LEADERSHIP_LOST: (d) =>
    `The result of "${d.operation}" on store "${d.store}" was not committed: this member, which led with fence ${d.fence ?? 'none'}, no longer leads, and another member takes over. No action is needed; if it happens often, raise leaseMs.`,
  LEAK_FOUND: (d) =>
    `${d.subject} leaks: ${d.leaks.join('; ')}.${d.unchecked.length === 0 ? '' : ` Not checked: ${d.unchecked.join('; ')}.`}`,
  MACHINE_INVALID: (d) => `The definition of machine "${d.machine}" is invalid: ${d.problems.join(' ')}`,
  MIRROR_TWICE: (d) =>
    `Store "${d.store}" is already mirrored over this link. Use that mirror, or close it first.`,
  NATS_DISCONNECTED: (d) =>
    `${d.operation} on store "${d.store}" wrote nothing: its NATS member is disconnected. Wait until status$ is 'live', then write again.`,
  OPTION_INVALID: (d) => `Expected "${d.option}" to be ${d.expected}, got ${d.received}.`,
  OPTION_UNKNOWN: (d) =>
    `${d.where} has no option "${d.option}". ${d.nearest === undefined ? `It takes: ${list(d.known)}.` : `Did you mean "${d.nearest}"?`}`,
  POLICY_INVALID: (d) => `Expected "${d.option}" to be ${d.expected}, got ${d.received}.`,
  PREDICATE_ASYNC: (d) =>
    `The predicate of waitFor() on store "${d.store}" returned ${d.returned}, which would always count as true. A predicate must be synchronous: await first, or put the result into the state.`,
  PROTOCOL_INVALID: (d) =>
    `A frame was refused and its connection ended: ${d.problem}. See docs/protocol.md for the format.`,
  PROVIDER_ABSENT: () =>
    'useContextStore() was called in a component without a Provider of its createStoreContext() above it. Render <Provider store={store}> around it.',
  READY_TIMEOUT: (d) =>
    `${d.operation} on store "${d.store}" got no turn within ${d.timeoutMs} ms; subscriber without room: ${d.subscriberId}. Make it consume faster, or raise timeoutMs.`,
  RECIPE_ASYNC: (d) =>
    `A recipe on store "${d.store}" returned ${d.returned}; nothing was written. A recipe must be synchronous: await first and update afterwards, or use modify().`,
  RECORD_INVALID: (d) =>
    `Record ${d.sequence} of stream "${d.stream}" cannot be read, so store "${d.store}" stops before it: ${d.problem}. Find out what wrote it; a newer version of Headgate may be needed.`,
  RUNAWAY_TIMERS: (d) =>
    `One advance of the manual clock ran more than ${d.timersMax} timers. Look for a timer of 0 ms that sets itself again, or advance in smaller steps.`,
  RUNAWAY_WRITES: (d) =>
    `One write on store "${d.store}" set off more than ${d.drainMax} further publications; this one was refused. Look for a subscriber that writes on each delivery, or raise drainMax.`,
  SELECTOR_ASYNC: (d) =>
    `The ${d.what} of ${d.selection} returned ${d.returned}; this version is skipped. A ${d.what} must be synchronous: select what the work needs, and do the work in switchMap() or in the subscriber.`,
  SERVER_CLOSED: () => 'The server is closed and accepts no more sockets. Create a new one with serve().',
  SNAPSHOT_INVALID: (d) =>
    `${d.operation} on store "${d.store}" expected a snapshot { version, state, reason, source, tsWall, tsMono, metadata }: ${d.problem}. Pass one that a store or fromJSON() made.`,
  STATE_INVALID: (d) =>
    `${d.operation} on ${d.subject} was refused, and nothing was written: the value ${UNFIT[d.problem](d)}`,
  STATE_TOO_LARGE: (d) =>
    `The state of store "${d.store}" is ${d.bytes} bytes of JSON, but its stream holds at most ${d.bytesMax}. Raise the stream's max_bytes, or split the store.`,
  STATE_UNKNOWN: (d) =>
    `Machine "${d.machine}" has no state ${d.received}; nothing was written. States: ${list(d.states)}.`,
  STATE_UNDEFINED: (d) =>
    `${d.operation} on store "${d.store}" was given undefined. A state may be any value except undefined; use null for "nothing".`,
  STORE_DESTROYED: (d) =>
    `${d.operation} on store "${d.store}" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.`,
  STORE_UNINITIALIZED: (d) =>
    `${d.operation} on store "${d.store}" was refused: it has no state yet. Call initialize(state) or set(state) first.`,
  STREAM_ABSENT: (d) =>
    `There is no stream "${d.stream}" with exactly the subjects ${list(d.subjects)}, which store "${d.store}" needs. Create it, or let joinNats() do so with create: true.`,
  SUBSCRIBER_FULL: (d) =>
    `A write on store "${d.store}" was refused: subscriber "${d.subscriberId}" suspends its writers and its buffer of ${d.capacity} is full. Write inside store.whenReady(), or overrule it with { whenFull: 'overrule' }.`,
  SYSTEM_BUSY: (d) =>
    `${d.operation} on the system of store "${d.store}" was called while ${d.actor} was in the middle of an event or a batch. Call it in a subscriber, or after the event has been handled.`,
  SYSTEM_EXISTS: (d) =>
    `Store "${d.store}" already has a system, or is a child in one. Use that system, or create another store: createSystem(createMachineStore(machine)).`,
  SYSTEM_SNAPSHOT_INVALID: (d) =>
    `restore() on the system of machine "${d.system}" was refused, and nothing was changed: at ${d.address}, ${d.problem}. Pass what snapshot() of a system of this machine returned.`,
  TRANSITION_LOOP: (d) =>
    `Event ${d.event} set off more than ${d.steps} transitions in machine "${d.machine}", through ${list(d.states)}; nothing was written. Each "always" needs a guard that its own "update" turns off, or a "target" from which none of these transitions leads back.`,
  UNDO_IN_BATCH: (d) =>
    `${d.operation} was called inside a batch on store "${d.store}"; nothing was written. Call it before or after the batch.`,
  TRANSACTION_ASYNC: (d) =>
    `The work of a transaction on ${d.stores.map((store) => `"${store}"`).join(', ')} returned ${d.returned}; it was rolled back. Await first, and write in one transaction afterwards.`,
  TRANSACTION_IN_BATCH: (d) =>
    `transact() was called inside a batch of store "${d.store}", which could still be rolled back on its own; nothing was written. Use transact() instead of that batch.`,
  VERSION_CONFLICT: (d) =>
    `A write on store "${d.store}" that expected version ${d.expected} was refused: the store is at version ${d.actual}. Read the state again and retry, or use modify().`,
  VERSION_NOT_KEPT: (d) =>
    `Journal "${d.journal}" does not keep version ${d.version}; it holds ${d.oldest} to ${d.newest}, except any that were skipped. Ask for one of these. To keep more from now on, raise keep of openJournal() in the program that writes it.`,
  WAIT_TIMEOUT: (d) =>
    `waitFor() on store "${d.store}" saw no matching snapshot within ${d.timeoutMs} ms. Check the predicate, or raise timeoutMs.`,
  WEBSOCKET_ABSENT: (d) =>
    `This platform has no WebSocket to connect to ${d.url} with. Use the package ws: mirror(() => wsSocket(new WebSocket(url, { perMessageDeflate: false }))).`,
  WEB_LOCKS_ABSENT: (d) =>
    `This platform has no Web Locks to share store "${d.store}" between tabs with. They need a page on https: or localhost; elsewhere use one store per tab.`,
  WRITES_FULL: (d) =>
    `Mirror "${d.mirror}" has ${d.writesMax} unanswered writes. Await them before the next, or raise writesMax.`,
  WRITE_ELSEWHERE: (d) =>
    `Store "${d.store}" is a replica and cannot be written to directly. Use update() or send() of its mirror or member.`,
  WRITE_TAKEN_BACK: (d) =>
    `A write on mirror "${d.store}" was shown, then rolled back: ${d.reason}${d.message === '' ? '' : ` (${d.message})`}. Show the result that update() resolves with.`,
  WRITE_IN_DERIVE: (d) =>
    `${d.operation} on store "${d.store}" was called while derived value "${d.derived}" was being computed; nothing was written. Its function may only read: write in a subscriber.`,
  WRITE_IN_RECIPE: (d) =>
    `${d.operation} was called inside a recipe, step or guard of its own store "${d.store}"; nothing was written. Change the draft instead, or write after it has returned.`,
}

/** The sentence of an error. */
export function sentenceOf<Code extends ErrorCode>(code: Code, details: ErrorDetails[Code]): string {
  return SENTENCES[code](details)
}
