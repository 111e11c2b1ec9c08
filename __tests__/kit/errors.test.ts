import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import {
  type ErrorCode,
  type ErrorDetails,
  explainErrors,
  HeadgateError,
  isHeadgateError,
} from '../../src/kit/errors.ts'

/** One example for each code; the type makes it complete. */
const EXAMPLES: { readonly [Code in ErrorCode]: readonly [ErrorDetails[Code], string] } = {
  AGUI_EVENT_INVALID: [
    { type: 'TEXT_MESSAGE_CONTENT', problem: '"text m1" is not open' },
    'An AG-UI event was skipped (TEXT_MESSAGE_CONTENT): "text m1" is not open. Correct what the agent sends; the events after it are read.',
  ],
  BATCH_ASYNC: [
    { store: 'agent', returned: 'a promise' },
    'The work of a batch on store "agent" returned a promise; it was rolled back. Await first and batch the writes afterwards, or use modify().',
  ],
  BINDING_SCOPE: [
    { framework: 'solid', called: 'useStore' },
    'useStore() of headgate/solid was called outside of a scope that would end what it starts; nothing was started. Call it in a component, or inside createRoot().',
  ],
  BUFFER_OVERFLOW: [
    { subscriberId: 'log', capacity: 64, version: 70 },
    'Subscriber "log" was closed: its buffer of 64 was full when version 70 arrived. Raise the capacity, consume faster, or choose another overflow.',
  ],
  CODEC_INVALID: [
    {
      field: 'tsMono',
      expected: 'a finite number',
      received: 'NaN (number)',
      advice: 'Correct the snapshot.',
    },
    'Expected tsMono to be a finite number, got NaN (number). Correct the snapshot.',
  ],
  CONNECTION_ENDED: [
    { store: 'robot', code: 'REPLACED', message: 'the client has connected anew' },
    'The server ended the connection of mirror "robot": the client has connected anew (REPLACED). Give each mirror an id of its own.',
  ],
  CONSUMER_INVALID: [
    { received: '42 (number)' },
    'Expected the consumer to be a function, or an object with a "next" function, got 42 (number).',
  ],
  DELTA_INVALID: [
    { operation: 2, path: '/log/9', problem: 'there is nothing at that path' },
    'Operation 2 of a delta, at "/log/9", was refused, and nothing was changed: there is nothing at that path. Apply a delta to the state it was taken from.',
  ],
  DERIVE_ASYNC: [
    { derived: 'total', returned: 'a promise' },
    'The function of derived value "total" returned a promise. It must be synchronous: await elsewhere, and write the result to a store that it reads.',
  ],
  DERIVE_CYCLE: [
    { names: ['total', 'rate', 'total'] },
    'A derived value depends on itself: total → rate → total. Break the cycle: let one of them read a store, or the sources of the other.',
  ],
  DEVTOOLS_STATE_LOST: [
    { store: 'agent', version: 7 },
    'Version 7 of store "agent" is no longer kept, and the panel\'s text cannot restore it: the state is not plain JSON, or was sanitized. Raise historyLimit.',
  ],
  DRAIN_TIMEOUT: [
    { store: 'agent', timeoutMs: 50, busy: ['subscriber "log" (latest) has 1 in flight', 'two'] },
    'Store "agent" was not idle within 50 ms: subscriber "log" (latest) has 1 in flight; two. Let its consumers finish, or raise timeoutMs.',
  ],
  EVENT_INVALID: [
    { machine: 'q-core', received: 'null' },
    'Machine "q-core" expected an event to be a string or an object with a string "type", got null.',
  ],
  EVENT_UNHANDLED: [
    { machine: 'q-core', state: 'IDLE', event: 'BOOT', reason: 'unhandled', allowed: ['WAKE', 'SLEEP'] },
    'Machine "q-core" in state IDLE has no transition for event BOOT. Handled here: WAKE, SLEEP.',
  ],
  GC_UNAVAILABLE: [
    { operation: 'leakProbe()' },
    'leakProbe() needs to force garbage collection, and this runtime does not allow it. Run under Node, or start the runtime with --expose-gc.',
  ],
  GUARD_ASYNC: [
    { machine: 'door', event: 'OPEN', returned: 'a promise' },
    'A guard of machine "door" returned a promise for event OPEN; nothing was written. A guard must return true or false synchronously: put what it needs into the context first, or use invoke.',
  ],
  JOURNAL_ABSENT: [
    { journal: 'fleet', found: ['rover', 'arm'] },
    'There is no journal "fleet"; the database holds rover, arm. Name one of these.',
  ],
  JOURNAL_DAMAGED: [
    { journal: 'rover', lastGood: 7, firstAfter: 9 },
    'Journal "rover" is damaged: its records are intact up to version 7, and again from version 9. Restore a copy, or open it with { repair: true }, which cuts off what follows version 7 and keeps a copy of it.',
  ],
  JOURNAL_EXISTS: [
    { journal: 'rover' },
    'Journal "rover" already exists, and was not touched. Import under another name, or into another database.',
  ],
  JOURNAL_FOLLOWING: [
    { store: 'agent', journal: 'rover' },
    `A write on store "agent" was refused: another tab writes its journal "rover". Write there, or here once the journal's status is no longer "following".`,
  ],
  JOURNAL_FULL: [
    { store: 'agent', journal: 'rover', pendingMax: 64 },
    `A write on store "agent" was refused: 64 commits wait for the disk in journal "rover". Await store.ready(), raise pendingMax, or use behind: 'skip'.`,
  ],
  JOURNAL_LOCKED: [
    { journal: 'rover' },
    'Journal "rover" is open in another process or tab, and only one may write a journal. Close it there; in a browser, open it here with { follow: true }.',
  ],
  JOURNAL_OPENING: [
    { journal: 'rover', store: 'agent' },
    'A write on store "agent" was refused: its journal "rover" is still opening, and what it recovers would overwrite the write. Write after openJournal() has resolved.',
  ],
  JOURNAL_PENDING: [
    { journal: 'rover', from: 8, to: 12 },
    'Journal "rover" was closed before versions 8 to 12 were on the disk; they may be lost. See the cause; if there is none, check the disk, or raise retryMs or closeMs.',
  ],
  JOURNAL_SEALED: [
    { journal: 'rover' },
    'The records of journal "rover" are encrypted or compressed. Open it with the seal that wrote them.',
  ],
  JOURNAL_STUCK: [
    { journal: 'rover', closeMs: 10_000 },
    'Everything of journal "rover" is on the disk, but its engine did not close within 10000 ms. Check the disk, or raise closeMs.',
  ],
  JOURNAL_VERSION: [
    { journal: 'rover', what: 'schema', found: 3, known: 2 },
    'Journal "rover" has schema 3, but this program knows 2; the journal was not touched. Open it with the program that wrote it, or pass migrate() for an older schema.',
  ],
  KERNEL_ABSENT: [
    {},
    'kernelOf() expected a store of Headgate, or something built on one. Pass what createStore() or createMachineStore() returned.',
  ],
  LEADERSHIP_LOST: [
    { store: 'lamp', operation: 'after.500', fence: 12 },
    'The result of "after.500" on store "lamp" was not committed: this member, which led with fence 12, no longer leads, and another member takes over. No action is needed; if it happens often, raise leaseMs.',
  ],
  LEAK_FOUND: [
    { subject: 'Store "agent"', leaks: ['a', 'b'], unchecked: ['timers', 'c'] },
    'Store "agent" leaks: a; b. Not checked: timers; c.',
  ],
  MACHINE_INVALID: [
    { machine: 'q-core', problems: ['State A is unreachable.', 'Target B does not exist.'] },
    'The definition of machine "q-core" is invalid: State A is unreachable. Target B does not exist.',
  ],
  MIRROR_TWICE: [
    { store: 'robot' },
    'Store "robot" is already mirrored over this link. Use that mirror, or close it first.',
  ],
  NATS_DISCONNECTED: [
    { store: 'fleet', operation: 'update()' },
    'update() on store "fleet" wrote nothing: its NATS member is disconnected. Wait until status$ is \'live\', then write again.',
  ],
  OPTION_INVALID: [
    { option: 'replay', expected: 'true or false', received: '"yes" (string)' },
    'Expected "replay" to be true or false, got "yes" (string).',
  ],
  OPTION_UNKNOWN: [
    { where: 'subscribe()', option: 'polcy', nearest: 'policy', known: ['id', 'policy'] },
    'subscribe() has no option "polcy". Did you mean "policy"?',
  ],
  POLICY_INVALID: [
    { option: 'capacity', expected: 'an integer from 1', received: '0 (number)' },
    'Expected "capacity" to be an integer from 1, got 0 (number).',
  ],
  PREDICATE_ASYNC: [
    { store: 'agent', returned: 'a promise' },
    'The predicate of waitFor() on store "agent" returned a promise, which would always count as true. A predicate must be synchronous: await first, or put the result into the state.',
  ],
  PROTOCOL_INVALID: [
    { problem: 'a frame is an object' },
    'A frame was refused and its connection ended: a frame is an object. See docs/protocol.md for the format.',
  ],
  PROVIDER_ABSENT: [
    {},
    'useContextStore() was called in a component without a Provider of its createStoreContext() above it. Render <Provider store={store}> around it.',
  ],
  READY_TIMEOUT: [
    { store: 'agent', operation: 'ready()', timeoutMs: 5, subscriberId: 'log' },
    'ready() on store "agent" got no turn within 5 ms; subscriber without room: log. Make it consume faster, or raise timeoutMs.',
  ],
  RECIPE_ASYNC: [
    { store: 'agent', returned: 'a generator' },
    'A recipe on store "agent" returned a generator; nothing was written. A recipe must be synchronous: await first and update afterwards, or use modify().',
  ],
  RECORD_INVALID: [
    { store: 'fleet', stream: 'HG', sequence: 7, problem: 'its format is "x"' },
    'Record 7 of stream "HG" cannot be read, so store "fleet" stops before it: its format is "x". Find out what wrote it; a newer version of Headgate may be needed.',
  ],
  RUNAWAY_TIMERS: [
    { timersMax: 100 },
    'One advance of the manual clock ran more than 100 timers. Look for a timer of 0 ms that sets itself again, or advance in smaller steps.',
  ],
  RUNAWAY_WRITES: [
    { store: 'agent', drainMax: 100 },
    'One write on store "agent" set off more than 100 further publications; this one was refused. Look for a subscriber that writes on each delivery, or raise drainMax.',
  ],
  SELECTOR_ASYNC: [
    { selection: 'select(load)', what: 'selector', returned: 'a promise' },
    'The selector of select(load) returned a promise; this version is skipped. A selector must be synchronous: select what the work needs, and do the work in switchMap() or in the subscriber.',
  ],
  SERVER_CLOSED: [{}, 'The server is closed and accepts no more sockets. Create a new one with serve().'],
  SNAPSHOT_INVALID: [
    { store: 'agent', operation: 'put()', problem: '"state" is undefined' },
    'put() on store "agent" expected a snapshot { version, state, reason, source, tsWall, tsMono, metadata }: "state" is undefined. Pass one that a store or fromJSON() made.',
  ],
  STATE_UNDEFINED: [
    { store: 'agent', operation: 'set()' },
    'set() on store "agent" was given undefined. A state may be any value except undefined; use null for "nothing".',
  ],
  STATE_INVALID: [
    { subject: 'store "agent"', operation: 'set()', problem: 'cyclic', path: 'state.a.b', depthMax: 1000 },
    'set() on store "agent" was refused, and nothing was written: the value leads back to itself at state.a.b. A state is a tree: keep ids instead of references.',
  ],
  STATE_TOO_LARGE: [
    { store: 'fleet', bytes: 300, bytesMax: 200 },
    'The state of store "fleet" is 300 bytes of JSON, but its stream holds at most 200. Raise the stream\'s max_bytes, or split the store.',
  ],
  STATE_UNKNOWN: [
    { machine: 'agent', received: '"LOST" (string)', states: ['IDLE', 'ACTIVE'] },
    'Machine "agent" has no state "LOST" (string); nothing was written. States: IDLE, ACTIVE.',
  ],
  STORE_DESTROYED: [
    { store: 'agent', operation: 'set()' },
    'set() on store "agent" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.',
  ],
  STORE_UNINITIALIZED: [
    { store: 'agent', operation: 'update()' },
    'update() on store "agent" was refused: it has no state yet. Call initialize(state) or set(state) first.',
  ],
  STREAM_ABSENT: [
    { store: 'fleet', stream: 'HG', subjects: ['hg.fleet.log'] },
    'There is no stream "HG" with exactly the subjects hg.fleet.log, which store "fleet" needs. Create it, or let joinNats() do so with create: true.',
  ],
  SUBSCRIBER_FULL: [
    { store: 'agent', subscriberId: 'log', capacity: 2 },
    'A write on store "agent" was refused: subscriber "log" suspends its writers and its buffer of 2 is full. Write inside store.whenReady(), or overrule it with { whenFull: \'overrule\' }.',
  ],
  SYSTEM_BUSY: [
    { store: 'agent', operation: 'snapshot()', actor: 'root/part:7' },
    'snapshot() on the system of store "agent" was called while root/part:7 was in the middle of an event or a batch. Call it in a subscriber, or after the event has been handled.',
  ],
  SYSTEM_EXISTS: [
    { store: 'agent' },
    'Store "agent" already has a system, or is a child in one. Use that system, or create another store: createSystem(createMachineStore(machine)).',
  ],
  SYSTEM_SNAPSHOT_INVALID: [
    { system: 'agent', address: 'root/part:7', problem: 'machine "part" has no state "X" (string)' },
    'restore() on the system of machine "agent" was refused, and nothing was changed: at root/part:7, machine "part" has no state "X" (string). Pass what snapshot() of a system of this machine returned.',
  ],
  TRANSITION_LOOP: [
    { machine: 'agent', event: 'GO', states: ['A', 'A.x'], steps: 1000 },
    'Event GO set off more than 1000 transitions in machine "agent", through A, A.x; nothing was written. Each "always" needs a guard that its own "update" turns off, or a "target" from which none of these transitions leads back.',
  ],
  UNDO_IN_BATCH: [
    { store: 'agent', operation: 'undo()' },
    'undo() was called inside a batch on store "agent"; nothing was written. Call it before or after the batch.',
  ],
  TRANSACTION_ASYNC: [
    { stores: ['giro', 'savings'], returned: 'a promise' },
    'The work of a transaction on "giro", "savings" returned a promise; it was rolled back. Await first, and write in one transaction afterwards.',
  ],
  TRANSACTION_IN_BATCH: [
    { store: 'giro' },
    'transact() was called inside a batch of store "giro", which could still be rolled back on its own; nothing was written. Use transact() instead of that batch.',
  ],
  VERSION_CONFLICT: [
    { store: 'agent', expected: 7, actual: 9 },
    'A write on store "agent" that expected version 7 was refused: the store is at version 9. Read the state again and retry, or use modify().',
  ],
  VERSION_NOT_KEPT: [
    { journal: 'rover', version: 3, oldest: 5, newest: 9 },
    'Journal "rover" does not keep version 3; it holds 5 to 9, except any that were skipped. Ask for one of these. To keep more from now on, raise keep of openJournal() in the program that writes it.',
  ],
  WAIT_TIMEOUT: [
    { store: 'agent', timeoutMs: 50 },
    'waitFor() on store "agent" saw no matching snapshot within 50 ms. Check the predicate, or raise timeoutMs.',
  ],
  WEBSOCKET_ABSENT: [
    { url: 'ws://127.0.0.1:8080' },
    'This platform has no WebSocket to connect to ws://127.0.0.1:8080 with. Use the package ws: mirror(() => wsSocket(new WebSocket(url, { perMessageDeflate: false }))).',
  ],
  WEB_LOCKS_ABSENT: [
    { store: 'cart' },
    'This platform has no Web Locks to share store "cart" between tabs with. They need a page on https: or localhost; elsewhere use one store per tab.',
  ],
  WRITES_FULL: [
    { mirror: 'robot', writesMax: 256 },
    'Mirror "robot" has 256 unanswered writes. Await them before the next, or raise writesMax.',
  ],
  WRITE_ELSEWHERE: [
    { store: 'robot' },
    'Store "robot" is a replica and cannot be written to directly. Use update() or send() of its mirror or member.',
  ],
  WRITE_TAKEN_BACK: [
    { store: 'cart', reason: 'refused', message: 'sold out' },
    'A write on mirror "cart" was shown, then rolled back: refused (sold out). Show the result that update() resolves with.',
  ],
  WRITE_IN_DERIVE: [
    { store: 'log', operation: 'set()', derived: 'total' },
    'set() on store "log" was called while derived value "total" was being computed; nothing was written. Its function may only read: write in a subscriber.',
  ],
  WRITE_IN_RECIPE: [
    { store: 'agent', operation: 'set()' },
    'set() was called inside a recipe, step or guard of its own store "agent"; nothing was written. Change the draft instead, or write after it has returned.',
  ],
}

const examples = Object.entries(EXAMPLES) as [ErrorCode, readonly [ErrorDetails[ErrorCode], string]][]

describe('HeadgateError', () => {
  test.each(examples)('tells %s in a sentence made of its facts', (code, [details, sentence]) => {
    const error = new HeadgateError(code, details)
    expect(error.message).toBe(sentence)
    expect(error.code).toBe(code)
    expect(error.details).toEqual(details)
  })

  test.each([
    ['guard', [], 'Machine "m" in state S has a guard that refused event E. Handled here: nothing.'],
    ['final', [], 'Machine "m" in state S is final, so it does not handle event E. Handled here: nothing.'],
  ] as const)('tells why an event was not handled: %s', (reason, allowed, sentence) => {
    const details = { machine: 'm', state: 'S', event: 'E', reason, allowed }
    expect(new HeadgateError('EVENT_UNHANDLED', details).message).toBe(sentence)
  })

  test('is an Error with a name, and a stack that begins here', () => {
    const error = new HeadgateError('BATCH_ASYNC', { store: 's', returned: 'a promise' })
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('HeadgateError')
    expect(error.stack).toContain('errors.test.ts')
  })

  test('freezes its facts', () => {
    expect(new HeadgateError('BATCH_ASYNC', { store: 's', returned: 'a promise' }).details).toBeFrozen()
  })

  test('keeps its cause', () => {
    const cause = new Error('underneath')
    expect(new HeadgateError('BATCH_ASYNC', { store: 's', returned: 'a promise' }, { cause }).cause).toBe(
      cause,
    )
    expect(new HeadgateError('BATCH_ASYNC', { store: 's', returned: 'a promise' })).not.toHaveProperty(
      'cause',
    )
  })

  test('shows no more than its code and facts when it is listed', () => {
    const error = new HeadgateError('BATCH_ASYNC', { store: 's', returned: 'a promise' })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'HeadgateError',
      code: 'BATCH_ASYNC',
      details: { store: 's', returned: 'a promise' },
    })
  })
})

/** The error class of a copy that was loaded in production. */
async function inProduction() {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  jest.resetModules()
  try {
    return await import('../../src/kit/errors.ts')
  } finally {
    process.env.NODE_ENV = before
  }
}

describe('explainErrors', () => {
  const details = { store: 's', expected: 1, actual: 2 }
  const sentence = new HeadgateError('VERSION_CONFLICT', details).message

  test('makes errors speak in sentences in production, where they else say their code, facts and a link', async () => {
    const { HeadgateError: ProductionError, explainErrors } = await inProduction()
    const link = 'https://github.com/headgate/headgate/blob/main/docs/errors.md#version_conflict'
    const brief = `VERSION_CONFLICT {"store":"s","expected":1,"actual":2} ${link}`
    expect(new ProductionError('VERSION_CONFLICT', details)).toMatchObject({ message: brief, details })
    explainErrors()
    expect(new ProductionError('VERSION_CONFLICT', details).message).toBe(sentence)
  })

  test('changes nothing in development', () => {
    explainErrors()
    expect(new HeadgateError('VERSION_CONFLICT', details).message).toBe(sentence)
  })
})

describe('the page that the link leads to', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')

  test('has each code, with an example of its sentence, in order', () => {
    const sections = Object.entries(EXAMPLES).map(
      ([code, [details, sentence]]) =>
        `## ${code}\n\n> ${sentence.replaceAll('<', '\\<')}\n\n${
          Object.keys(details).length === 0
            ? 'No details.'
            : `Details: ${Object.keys(details)
                .map((name) => `\`${name}\``)
                .join(', ')}.`
        }\n`,
    )
    expect(page.slice(page.indexOf('\n## ') + 1)).toBe(sections.join('\n'))
  })
})

describe('isHeadgateError', () => {
  const error: unknown = new HeadgateError('VERSION_CONFLICT', { store: 's', expected: 1, actual: 2 })

  test('is true for an error of Headgate, and with a code only for that code', () => {
    expect(isHeadgateError(error)).toBe(true)
    expect(isHeadgateError(error, 'VERSION_CONFLICT')).toBe(true)
    expect(isHeadgateError(error, 'BATCH_ASYNC')).toBe(false)
  })

  test('gives the facts of the code their types', () => {
    if (!isHeadgateError(error, 'VERSION_CONFLICT')) throw error
    const { expected, actual }: { expected: number; actual: number } = error.details
    expect([expected, actual]).toEqual([1, 2])
  })

  test('knows the errors of another copy of the package, which instanceof does not', async () => {
    jest.resetModules()
    const copy = await import('../../src/kit/errors.ts')
    const foreign: unknown = new copy.HeadgateError('BATCH_ASYNC', { store: 's', returned: 'a promise' })
    expect(foreign).not.toBeInstanceOf(HeadgateError)
    expect(isHeadgateError(foreign, 'BATCH_ASYNC')).toBe(true)
    expect(copy.isHeadgateError(error, 'VERSION_CONFLICT')).toBe(true)
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['a string', 'BATCH_ASYNC'],
    ['an error of another kind', new Error('BATCH_ASYNC')],
    ['an object with the same code', { code: 'BATCH_ASYNC', details: {} }],
  ])('is false for %s', (_name, value) => {
    expect(isHeadgateError(value)).toBe(false)
    expect(isHeadgateError(value, 'BATCH_ASYNC')).toBe(false)
  })
})

describe('isHeadgateError, of a value that throws when it is looked at', () => {
  test('says no', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(isHeadgateError(proxy)).toBeFalse()
  })
})
