import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeValue, HeadgateError, messageOf } from '../kit/index.ts'
import type { StressAdapter } from './adapter.ts'
import { importable } from './own-location.ts'
import { defineScenario, type Scenario } from './scenario.ts'

/** What a module for `--store` exports. */
export interface StressModule {
  readonly adapter: StressAdapter
  /** Scenarios of its own; none where it exports no `scenarios`. */
  readonly scenarios: readonly Scenario[]
}

type Exports = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Exports => typeof value === 'object' && value !== null

const isAdapter = (value: unknown): value is StressAdapter =>
  isObject(value) && typeof value.name === 'string' && value.name !== '' && typeof value.create === 'function'

const EXPECTED = 'an adapter { name, create(initial) }'

/** @throws `OPTION_INVALID` */
export function checkAdapter(value: unknown, option: string): StressAdapter {
  if (isAdapter(value)) return value
  throw new HeadgateError('OPTION_INVALID', { option, expected: EXPECTED, received: describeValue(value) })
}

/**
 * Imports a module that makes stores for the suite: its default export, or its export `adapter`, is a
 * {@link StressAdapter}; it may also export `scenarios`, an array of its own.
 *
 * @param module - a path that counts from the working directory, or a `file:` URL. The CommonJS copy of the
 *   package loads what `require` loads.
 * @throws `OPTION_INVALID`: the module cannot be loaded (the `cause` says why), or exports something else.
 */
export async function loadAdapter(module: string): Promise<StressModule> {
  const path = module.startsWith('file:') ? fileURLToPath(module) : resolve(module)
  const exports = await importModule(path, module)
  return { adapter: findAdapter(exports, module), scenarios: findScenarios(exports, module) }
}

async function importModule(path: string, module: string): Promise<Exports> {
  try {
    return (await import(importable(path))) as Exports
  } catch (error) {
    const details = {
      option: 'store',
      expected: 'a module that loads',
      received: `${module}: ${messageOf(error)}`,
    }
    throw new HeadgateError('OPTION_INVALID', details, { cause: error })
  }
}

/** Node shows the exports of a CommonJS module that it cannot see through as its default export. */
function places(exports: Exports): readonly Exports[] {
  return isObject(exports.default) ? [exports, exports.default] : [exports]
}

function findAdapter(exports: Exports, module: string): StressAdapter {
  const found = places(exports).flatMap((place) => [place.adapter, place.default])
  const adapter = found.find(isAdapter)
  if (adapter !== undefined) return adapter
  throw new HeadgateError('OPTION_INVALID', {
    option: 'store',
    expected: `a module that exports ${EXPECTED} by default or as "adapter"`,
    received: `${module}, which exports ${Object.keys(exports).join(', ') || 'nothing'}`,
  })
}

function findScenarios(exports: Exports, module: string): readonly Scenario[] {
  const scenarios = places(exports).find((place) => place.scenarios !== undefined)?.scenarios ?? []
  if (Array.isArray(scenarios)) return scenarios.map((one) => defineScenario(one as Scenario<string>))
  throw new HeadgateError('OPTION_INVALID', {
    option: 'scenarios',
    expected: `an array of scenarios in ${module}`,
    received: describeValue(scenarios),
  })
}
