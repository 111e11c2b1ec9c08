const { findLeaks } = require('/work/main/memlab/support/find-leaks.ts')
const { loadScenarios } = require('/work/main/memlab/support/load-scenarios.ts')
async function main() {
  for (const name of process.argv.slice(1)) {
    for (const kind of (process.env.KIND ?? 'clean leak').split(' ')) {
      const t = Date.now()
      try {
      const r = await findLeaks(name, { kind, most: kind === 'leak' ? 20 : 0, environment: process.env.NODE_ENV })
      console.log(name, kind, 'leaked', r.leaked, [...r.byClaim].map(([c, l]: any) => `${c}:${l.objects}`).join(' | '), Date.now() - t, 'ms', loadScenarios(name).claims.length, 'claims')
      if (kind === 'clean') for (const [c, l] of r.byClaim) console.log(c, l.trace.join('\n'))
      else for (const c of loadScenarios(name).claims) if (!r.byClaim.has(c.name)) console.log('NOT FOUND', c.name)
      } catch (e) { console.log(name, kind, 'FAILED', String((e as any).stderr || e).slice(0, 3000)) }
    }
  }
}
main()
