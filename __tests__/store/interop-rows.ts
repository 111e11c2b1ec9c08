/**
 * One row for everything in RxJS that takes an observable. A row's first word is the name of the export; more
 * words tell a second form of the same export.
 *
 * In a row `a` is the source and `b` the other observable: a notifier, an inner one or a second source. Values
 * are snapshots or plain numbers, and `n()` is the number of either. No row is endless where `b` replays a value
 * as soon as it is subscribed to, is over, or is `a` itself.
 */
import * as rx from 'rxjs'
import * as op from 'rxjs/operators'

type Stream = rx.Observable<any>

/** What is done to a source, and to another observable. */
export type Row = (a: any, b: any) => Stream

/** The number that a value stands for. */
const n = (value: any): number => (typeof value === 'object' && value !== null ? value.state : value)

const byNumber = (x: any, y: any): number => n(x) - n(y)
const sameNumber = (x: any, y: any): boolean => n(x) === n(y)
const isOdd = (value: any): boolean => n(value) % 2 === 1
const sum = (total: number, value: any): number => total + n(value)
const added = (total: number, b: any): Stream => rx.from(b).pipe(op.map((value) => sum(total, value)))

const newSubject = (): rx.Subject<any> => new rx.Subject()

/** Fails at the number 2. */
const failing = op.tap((value: any) => {
  if (n(value) === 2) throw new Error('two')
})

/** Gathers each window or group, or says what it has when the row ends. */
const lists = op.mergeMap((window: Stream) => window.pipe(op.toArray()))

const always =
  <T>(value: T) =>
  (): T =>
    value

/** `b` in place of each value, for what flattens. */
const each = (b: any): rx.OperatorFunction<any, Stream> => op.map(always(b))

/** What `b` says from now on, and no end: for what opens the next one as soon as it is told. */
const after = (b: any): Stream => rx.concat(rx.from(b).pipe(op.skip(1)), rx.NEVER)

/** Two observers of what one operator shares. */
const twice =
  (operator: rx.OperatorFunction<any, any>) =>
  (a: Stream): Stream => {
    const shared = a.pipe(operator)
    return rx.merge(shared, shared)
  }

/** Shared as soon as it is subscribed to. */
const connected = (make: () => rx.Connectable<any>): Stream =>
  new rx.Observable((observer) => {
    const shared = make()
    const subscription = shared.subscribe(observer)
    subscription.add(shared.connect())
    return subscription
  })

/** How often it was finalized, behind the values. */
const finalized = (a: Stream): Stream => {
  let times = 0
  const counted = a.pipe(op.finalize(() => (times += 1)))
  return rx.concat(
    counted,
    rx.defer(() => rx.of(times)),
  )
}

/** Each function of `rxjs/operators`, put into a pipe behind `a`. */
export const OPERATORS: Record<string, (b: any) => (a: Stream) => Stream> = {
  audit: (b) => op.audit(always(b)),
  'audit by what comes after': (b) => op.audit(always(after(b))),
  auditTime: () => op.auditTime(3),
  buffer: (b) => op.buffer(b),
  bufferCount: () => op.bufferCount(2, 1),
  bufferTime: () => op.bufferTime(7),
  bufferToggle: (b) => op.bufferToggle(b, always(after(b))),
  bufferWhen: (b) => op.bufferWhen(always(after(b))),
  catchError: (b) => rx.pipe(failing, op.catchError(always(b))),
  combineAll: (b) => rx.pipe(each(b), op.combineAll()),
  combineLatest: (b) => op.combineLatest(b),
  combineLatestAll: (b) => rx.pipe(each(b), op.combineLatestAll()),
  combineLatestWith: (b) => op.combineLatestWith(b),
  concat: (b) => op.concat(b),
  concatAll: (b) => rx.pipe(each(b), op.concatAll()),
  concatMap: (b) => op.concatMap(always(b)),
  'concatMap to one value': (b) => op.concatMap(() => rx.from(b).pipe(op.take(1))),
  concatMapTo: (b) => op.concatMapTo(b),
  concatWith: (b) => op.concatWith(b),
  connect: (b) => op.connect((shared) => rx.merge(shared, shared, b)),
  count: () => op.count(isOdd),
  debounce: (b) => op.debounce(always(b)),
  'debounce by what comes after': (b) => op.debounce(always(after(b))),
  debounceTime: () => op.debounceTime(3),
  defaultIfEmpty: () => op.defaultIfEmpty('none'),
  delay: () => op.delay(3),
  delayWhen: (b) => op.delayWhen(always(b), rx.from(b)),
  dematerialize: () => rx.pipe(op.materialize(), op.dematerialize()),
  distinct: (b) => op.distinct(n, b),
  distinctUntilChanged: () => op.distinctUntilChanged(),
  'distinctUntilChanged by number': () => op.distinctUntilChanged(sameNumber),
  distinctUntilKeyChanged: () => op.distinctUntilKeyChanged('state'),
  elementAt: () => op.elementAt(2),
  endWith: () => op.endWith('end'),
  every: () => op.every((value) => n(value) < 3),
  exhaust: (b) => rx.pipe(each(b), op.exhaust()),
  exhaustAll: (b) => rx.pipe(each(b), op.exhaustAll()),
  exhaustMap: (b) => op.exhaustMap(() => rx.from(b).pipe(op.take(2))),
  expand: (b) => op.expand((_, index) => (index < 3 ? b : rx.EMPTY)),
  filter: () => op.filter(isOdd),
  finalize: () => finalized,
  find: () => op.find((value) => n(value) === 2),
  findIndex: () => op.findIndex((value) => n(value) === 2),
  first: () => op.first(isOdd),
  flatMap: (b) => op.flatMap(always(b)),
  groupBy: (b) => rx.pipe(op.groupBy(n, { duration: always(after(b)) }), lists),
  ignoreElements: () => op.ignoreElements(),
  isEmpty: () => op.isEmpty(),
  last: () => op.last(),
  map: () => op.map(n),
  mapTo: () => op.mapTo('x'),
  materialize: () => op.materialize(),
  max: () => op.max(byNumber),
  merge: (b) => op.merge(b),
  mergeAll: (b) => rx.pipe(each(b), op.mergeAll()),
  mergeMap: (b) => op.mergeMap(always(b)),
  'mergeMap two at once': (b) => op.mergeMap(() => rx.from(b).pipe(op.take(2)), 2),
  mergeMapTo: (b) => op.mergeMapTo(b),
  mergeScan: (b) => op.mergeScan((total: number) => added(total, b), 0),
  mergeWith: (b) => op.mergeWith(b),
  min: () => op.min(byNumber),
  multicast: () => rx.pipe(op.multicast(newSubject), op.refCount()),
  'multicast in a selector': (b) => op.multicast(newSubject, (shared) => rx.merge(shared, b)),
  observeOn: () => op.observeOn(rx.asyncScheduler, 2),
  onErrorResumeNext: (b) => rx.pipe(failing, op.onErrorResumeNext(b)),
  onErrorResumeNextWith: (b) => rx.pipe(failing, rx.onErrorResumeNextWith(b)),
  pairwise: () => op.pairwise(),
  partition: () =>
    rx.pipe(op.partition(isOdd), ([odd, even]) => rx.merge(odd, even.pipe(op.map((x) => [x])))),
  pluck: () => op.pluck('state'),
  publish: () => rx.pipe(op.publish(), op.refCount()),
  'publish in a selector': (b) => op.publish((shared) => rx.merge(shared, shared, b)),
  publishBehavior: () => rx.pipe(op.publishBehavior<any>(-1), op.refCount()),
  publishLast: () => rx.pipe(op.publishLast(), op.refCount()),
  publishReplay: () => twice(rx.pipe(op.publishReplay(2), op.refCount())),
  race: (b) => op.race(b),
  raceWith: (b) => op.raceWith(b),
  reduce: () => op.reduce(sum, 0),
  refCount: () => twice(rx.pipe(op.publish(), op.refCount())),
  repeat: () => op.repeat(2),
  'repeat when told': (b) => op.repeat({ count: 2, delay: always(b) }),
  repeatWhen: (b) => op.repeatWhen((ends) => ends.pipe(op.take(1), op.delayWhen(always(b)))),
  retry: () => rx.pipe(failing, op.retry(2)),
  'retry when told': (b) => rx.pipe(failing, op.retry({ count: 2, delay: always(b) })),
  retryWhen: () => rx.pipe(failing, op.retryWhen(op.delay(20))),
  'retryWhen told': (b) => rx.pipe(failing, op.retryWhen(op.switchMap(always(after(b))))),
  sample: (b) => op.sample(b),
  sampleTime: () => op.sampleTime(7),
  scan: () => op.scan(sum, 0),
  sequenceEqual: (b) => op.sequenceEqual(b, sameNumber),
  share: () => twice(op.share()),
  'share until told': (b) => twice(op.share({ resetOnRefCountZero: always(b), resetOnComplete: always(b) })),
  shareReplay: () => twice(op.shareReplay(1)),
  'shareReplay by reference count': () => twice(op.shareReplay({ bufferSize: 2, refCount: true })),
  single: () => op.single((value) => n(value) === 3),
  skip: () => op.skip(1),
  skipLast: () => op.skipLast(1),
  skipUntil: (b) => op.skipUntil(b),
  'skipUntil what comes after': (b) => op.skipUntil(after(b)),
  skipWhile: () => op.skipWhile((value) => n(value) < 2),
  startWith: () => op.startWith('start'),
  subscribeOn: () => op.subscribeOn(rx.asyncScheduler, 2),
  switchAll: (b) => rx.pipe(each(b), op.switchAll()),
  switchMap: (b) => op.switchMap(always(b)),
  switchMapTo: (b) => op.switchMapTo(b),
  switchScan: (b) => op.switchScan((total: number) => added(total, b), 0),
  take: () => op.take(3),
  takeLast: () => op.takeLast(2),
  takeUntil: (b) => op.takeUntil(b),
  'takeUntil what comes after': (b) => op.takeUntil(after(b)),
  takeWhile: () => op.takeWhile((value) => n(value) < 2, true),
  tap: () => op.tap({}),
  throttle: (b) => op.throttle(always(b)),
  'throttle by what comes after': (b) => op.throttle(always(after(b)), { leading: true, trailing: true }),
  throttleTime: () => op.throttleTime(3),
  throwIfEmpty: () => op.throwIfEmpty(),
  timeInterval: () => op.timeInterval(),
  timeout: (b) => op.timeout({ each: 5, with: always(b) }),
  timeoutWith: (b) => op.timeoutWith(5, b),
  timestamp: () => op.timestamp(),
  toArray: () => op.toArray(),
  window: (b) => rx.pipe(op.window(b), lists),
  windowCount: () => rx.pipe(op.windowCount(2), lists),
  windowTime: () => rx.pipe(op.windowTime(7), lists),
  windowToggle: (b) => rx.pipe(op.windowToggle(b, always(after(b))), lists),
  windowWhen: (b) => rx.pipe(op.windowWhen(always(after(b))), lists),
  withLatestFrom: (b) => op.withLatestFrom(b),
  zip: (b) => op.zip(b),
  zipAll: (b) => rx.pipe(op.take(3), each(b), op.zipAll()),
  zipWith: (b) => op.zipWith(b),
}

/** Each function of `rxjs` that takes an observable and is no operator; a store is given to it as it is. */
export const CREATION: Record<string, Row> = {
  combineLatest: (a, b) => rx.combineLatest([a, b]),
  'combineLatest of a record': (a, b) => rx.combineLatest({ a, b }),
  concat: (a, b) => rx.concat(a, b),
  connectable: (a) => connected(() => rx.connectable(a)),
  ConnectableObservable: (a) => new rx.ConnectableObservable(rx.from(a), newSubject).refCount(),
  defer: (a) => rx.defer(always(a)),
  firstValueFrom: (a) => rx.from(rx.firstValueFrom(rx.from(a))),
  forkJoin: (a, b) => rx.forkJoin([a, b]),
  'forkJoin of a record': (a, b) => rx.forkJoin({ a, b }),
  from: (a) => rx.from(a),
  iif: (a, b) => rx.merge(rx.iif(always(true), a, b), rx.iif(always(false), a, b)),
  isObservable: (a) => rx.of(rx.isObservable(rx.from(a))),
  lastValueFrom: (a) => rx.from(rx.lastValueFrom(rx.from(a), { defaultValue: 'none' })),
  merge: (a, b) => rx.merge(a, b),
  onErrorResumeNext: (a, b) => rx.onErrorResumeNext(a, b),
  partition: (a) => rx.concat(...rx.partition(a, isOdd)),
  pipe: (a) => rx.pipe(op.map(n), op.filter(isOdd))(rx.from(a)),
  race: (a, b) => rx.race(a, b),
  scheduled: (a) => rx.scheduled(a, rx.asyncScheduler),
  using: (a, b) => rx.using(() => rx.from(b).subscribe(), always(a)),
  zip: (a, b) => rx.zip(a, b),
}

/** The functions of `rxjs` that take no observable: a new one of RxJS has to be put here or there. */
export const TAKE_NO_OBSERVABLE: readonly string[] = [
  ...['Observable', 'Subject', 'BehaviorSubject', 'ReplaySubject', 'AsyncSubject', 'Subscription'],
  ...['Subscriber', 'Notification', 'Scheduler', 'VirtualTimeScheduler', 'VirtualAction'],
  ...['ArgumentOutOfRangeError', 'EmptyError', 'NotFoundError', 'ObjectUnsubscribedError', 'SequenceError'],
  ...['TimeoutError', 'UnsubscriptionError', 'noop', 'identity', 'animationFrames', 'bindCallback'],
  ...['bindNodeCallback', 'empty', 'fromEvent', 'fromEventPattern', 'generate', 'interval', 'never', 'of'],
  ...['pairs', 'range', 'throwError', 'timer'],
]

/** Each method of an `Observable`. */
export const METHODS: Record<string, (a: Stream) => Stream> = {
  forEach: (a) =>
    new rx.Observable((observer) => {
      a.forEach((value) => void observer.next(value)).then(() => observer.complete())
    }),
  lift: (a) => (a as any).lift({ call: (observer: any, source: Stream) => source.subscribe(observer) }),
  pipe: (a) => a.pipe(),
  subscribe: (a) => new rx.Observable((observer) => a.subscribe(observer)),
  'subscribe a Subject': (a) => {
    const through = new rx.ReplaySubject()
    return rx.using(() => a.subscribe(through), always(through))
  },
  toPromise: (a) => rx.from(a.toPromise()),
  [rx.observable]: (a: any) => a[rx.observable](),
}

/** What is given a subject to share through. */
export const CONNECTORS: Record<string, (a: Stream, connector: () => rx.Subject<any>) => Stream> = {
  connect: (a, connector) => a.pipe(op.connect((shared) => rx.merge(shared, shared), { connector })),
  connectable: (a, connector) => connected(() => rx.connectable(a, { connector })),
  multicast: (a, connector) => twice(rx.pipe(op.multicast(connector), op.refCount()))(a),
  share: (a, connector) => twice(op.share({ connector }))(a),
  subscribe: (a, connector) => {
    const through = connector()
    return rx.using(() => a.subscribe(through), always(through))
  },
}
