import { expect, test } from '@jest/globals'
import { BehaviorSubject } from 'rxjs'
import { leakProbe } from '../../src/testing/index.ts'
test('memlab in jest', async () => {
  const s = new BehaviorSubject(0)
  class Panel { sub = s.subscribe(() => this.sub) }
  const clean = await leakProbe(() => new Panel(), (p) => p.sub.unsubscribe(), { heap: 'memlab', rounds: 20 })
  const t = Date.now()
  const leaky = await leakProbe(() => new Panel(), () => {}, { heap: 'memlab', rounds: 20 })
  console.log(Date.now() - t, clean.report, clean.leaked, leaky.report, leaky.leaked)
}, 100000)
