/** Everyone who takes options refuses a name that nobody reads. A new option or entry point: one row. */
import { describe, expect, test } from '@jest/globals'
import { NEVER } from 'rxjs'
import { diff } from '../../src/delta/index.ts'
import { health, toPrometheus } from '../../src/health/index.ts'
import {
  audit,
  backpressure,
  batch,
  buffer,
  collection,
  createMachineStore,
  createStore,
  debounce,
  defineMachine,
  frame,
  latest,
  logSnapshots,
  sample,
  throttle,
  transitions,
} from '../../src/index.ts'
import { createHistory, levelEngine } from '../../src/journal/index.ts'
import { kernelOf } from '../../src/kernel/index.ts'
import { instrumentStore } from '../../src/otel/index.ts'
import { headgateAdapter, renderHtmlReport, runStress, runStressIsolated } from '../../src/stress/index.ts'
import {
  assertNoLeaks,
  drain,
  expectNoLeak,
  expectStore,
  leakProbe,
  manualClock,
  marbleStore,
} from '../../src/testing/index.ts'

const lamp = defineMachine({
  id: 'lamp',
  initial: 'OFF',
  context: {},
  states: { OFF: { on: { PRESS: 'OFF' } } },
})
const store = () => createStore(0)
const machine = () => createMachineStore(lamp)
const sink = { next() {}, complete() {} }

/** Options as the compiler does not see them. */
const given = (option: string) => ({ ms: undefined, [option]: 1 }) as never
const only = (option: string) => ({ [option]: 1 }) as never

const ENTRIES: readonly [name: string, call: () => unknown, sentence: string][] = [
  [
    'createStore',
    () => createStore(0, only('timming')),
    'createStore() has no option "timming". Did you mean "timing"?',
  ],
  [
    'subscribe',
    () => store().subscribe(() => {}, only('polcy')),
    'subscribe() has no option "polcy". Did you mean "policy"?',
  ],
  ['stream', () => store().stream(only('repaly')), 'stream() has no option "repaly". Did you mean "replay"?'],
  [
    'stream, of what only a subscriber has',
    () => store().stream(only('onError')),
    'stream() has no option "onError". It takes: id, policy, replay, onDrop, signal, scheduler.',
  ],
  [
    'update',
    () => store().update(() => 1, only('reasn')),
    'A write has no option "reasn". Did you mean "reason"?',
  ],
  [
    'set',
    () => store().set(1, only('expectedversion')),
    'A write has no option "expectedversion". Did you mean "expectedVersion"?',
  ],
  [
    'batch of writes',
    () => store().batch(() => {}, only('meta')),
    'A write has no option "meta". It takes: reason, source, expectedVersion, metadata, origin, whenFull.',
  ],
  [
    'put',
    () => store().put({} as never, only('enforceversion')),
    'put() has no option "enforceversion". Did you mean "enforceVersion"?',
  ],
  [
    'modify',
    () => store().modify(async () => 1, only('retires')),
    'modify() has no option "retires". Did you mean "retries"?',
  ],
  [
    'modify, of what only a write has',
    () => store().modify(async () => 1, only('expectedVersion')),
    'modify() has no option "expectedVersion". It takes: reason, source, metadata, origin, whenFull, retries, signal.',
  ],
  [
    'waitFor',
    () => store().waitFor(() => true, only('timeout')),
    'waitFor() has no option "timeout". Did you mean "timeoutMs"?',
  ],
  [
    'ready',
    () => store().ready(only('timeout')),
    'ready() has no option "timeout". Did you mean "timeoutMs"?',
  ],
  [
    'whenReady',
    () => store().whenReady(() => 1, only('singal')),
    'whenReady() has no option "singal". Did you mean "signal"?',
  ],
  [
    'createHistory',
    () => createHistory(store(), only('groups')),
    'createHistory() has no option "groups". Did you mean "group"?',
  ],
  [
    'levelEngine',
    () => levelEngine({} as never, only('durabilty')),
    'levelEngine() has no option "durabilty". Did you mean "durability"?',
  ],
  [
    'diff',
    () => diff(0, 1, only('operationMax')),
    'diff() has no option "operationMax". Did you mean "operationsMax"?',
  ],
  [
    'logSnapshots',
    () => logSnapshots(store(), console, only('levle')),
    'logSnapshots() has no option "levle". Did you mean "level"?',
  ],
  [
    'kernel.follow',
    () => kernelOf(store()).follow(sink, only('palce')),
    'follow() has no option "palce". Did you mean "place"?',
  ],
  [
    'kernel.adopt',
    () => kernelOf(store()).adopt({} as never, only('orign')),
    'adopt() has no option "orign". Did you mean "origin"?',
  ],
  [
    'createMachineStore',
    () => createMachineStore(lamp, only('stict')),
    'createMachineStore() has no option "stict". Did you mean "strict"?',
  ],
  [
    'createMachineStore, of what is the machine’s',
    () => createMachineStore(lamp, only('context')),
    'createMachineStore() has no option "context". It takes: name, source, clock, scheduler, drainMax, onFault, timing, detectLeaks, whenFull, strict, held, input.',
  ],
  [
    'send',
    () => machine().send('PRESS', only('reasn')),
    'A write has no option "reasn". Did you mean "reason"?',
  ],
  [
    'updateContext',
    () => machine().updateContext(() => {}, only('sorce')),
    'A write has no option "sorce". Did you mean "source"?',
  ],
  [
    'transitions',
    () => transitions(machine(), only('form')),
    'transitions() has no option "form". Did you mean "from"?',
  ],
  [
    'collection',
    () => collection([], only('selectID_')),
    'collection() has no option "selectID_". Did you mean "selectId"?',
  ],
  [
    'backpressure',
    () => NEVER.pipe(backpressure(latest(), undefined, only('leger'))),
    'backpressure() has no option "leger". Did you mean "ledger"?',
  ],
  ['latest', () => latest(only('dispach')), 'latest() has no option "dispach". Did you mean "dispatch"?'],
  ['buffer', () => buffer(only('capcity')), 'buffer() has no option "capcity". Did you mean "capacity"?'],
  [
    'throttle',
    () => throttle(given('traling')),
    'throttle() has no option "traling". Did you mean "trailing"?',
  ],
  ['debounce', () => debounce(given('mss')), 'debounce() has no option "mss". Did you mean "ms"?'],
  ['audit', () => audit(given('duration')), 'audit() has no option "duration". It takes: ms.'],
  ['sample', () => sample(given('MS')), 'sample() has no option "MS". Did you mean "ms"?'],
  ['batch', () => batch(given('maxsize')), 'batch() has no option "maxsize". Did you mean "maxSize"?'],
  ['frame', () => frame(only('maxwait')), 'frame() has no option "maxwait". Did you mean "maxWaitMs"?'],
  [
    'health',
    () => health(store(), only('stalMs')),
    'health() has no option "stalMs". Did you mean "stallMs"?',
  ],
  [
    'toPrometheus',
    () => toPrometheus(store(), only('helth')),
    'toPrometheus() has no option "helth". Did you mean "health"?',
  ],
  [
    'instrumentStore',
    () => instrumentStore(store(), only('atributes')),
    'instrumentStore() has no option "atributes". Did you mean "attributes"?',
  ],
  [
    'manualClock',
    () => manualClock(only('wallMS_')),
    'manualClock() has no option "wallMS_". Did you mean "wallMs"?',
  ],
  [
    'drain',
    () => drain(store(), only('timeout')),
    'drain() has no option "timeout". Did you mean "timeoutMs"?',
  ],
  [
    'assertNoLeaks',
    () => assertNoLeaks(store(), only('observer')),
    'assertNoLeaks() has no option "observer". Did you mean "observers"?',
  ],
  [
    'leakProbe',
    () =>
      leakProbe(
        () => ({}),
        () => {},
        only('round'),
      ),
    'leakProbe() has no option "round". Did you mean "rounds"?',
  ],
  [
    'expectNoLeak',
    () =>
      expectNoLeak(
        () => ({}),
        () => {},
        only('haep'),
      ),
    'leakProbe() has no option "haep". Did you mean "heap"?',
  ],
  [
    'marbleStore',
    () => marbleStore({} as never, 'a', only('nmae')),
    'createStore() has no option "nmae". Did you mean "name"?',
  ],
  [
    'expectStore',
    () => expectStore(NEVER, only('comapre')),
    'expectStore() has no option "comapre". Did you mean "compare"?',
  ],
  [
    'runStress',
    () => runStress(headgateAdapter, only('scenario')),
    'runStress() has no option "scenario". Did you mean "scenarios"?',
  ],
  [
    'runStressIsolated',
    () => runStressIsolated(undefined, only('sede')),
    'runStressIsolated() has no option "sede". Did you mean "seed"?',
  ],
  [
    'renderHtmlReport',
    () => renderHtmlReport({} as never, only('base')),
    'renderHtmlReport() has no option "base". It takes: baseline, chartScript.',
  ],
]

describe('an option that nobody reads', () => {
  test.each(ENTRIES)('is refused by %s', async (_name, call, sentence) => {
    const attempt = async (): Promise<unknown> => call()
    await expect(attempt()).rejects.toMatchObject({ code: 'OPTION_UNKNOWN', message: sentence })
  })
})
