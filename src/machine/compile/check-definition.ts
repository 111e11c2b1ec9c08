/**
 * Says everything that is wrong with a definition.
 *
 * The types of `defineMachine` catch most of it at compile time; what is here is for callers without
 * types, and for what types cannot see: unreachable states, numbers, and functions where JSON was meant.
 */
import { describeValue, HeadgateError } from '../../kit/index.ts'
import { ChildrenCheck } from './check-children.ts'
import { unreachableStates } from './check-reachability.ts'
import { checkDots, checkHistories, checkTargets } from './check-targets.ts'
import type { Compiled } from './compile.ts'
import { type Fields, fieldsOf } from './fields.ts'

const MACHINE_KEYS = [
  'id',
  'type',
  'initial',
  'context',
  'types',
  'historyLimit',
  'states',
  'on',
  'output',
  'children',
  'description',
]

/** @throws `MACHINE_INVALID`, with every problem found. */
export function checkDefinition(definition: unknown, compiled: Compiled): void {
  const fields = fieldsOf(definition)
  const check = new ChildrenCheck()
  check.root(fields)
  check.children(fields.children, compiled.states)
  checkTargets(check, compiled)
  checkHistories(check, compiled)
  checkDots(check, compiled)
  const problems = [...machineProblems(fields), ...check.problems]
  if (problems.length === 0) {
    for (const name of unreachableStates(compiled)) {
      const from = fields.initial ?? 'the beginning'
      problems.push(`State ${name} is unreachable: no chain of transitions leads to it from ${from}.`)
    }
  }
  if (problems.length > 0)
    throw new HeadgateError('MACHINE_INVALID', { machine: String(fields.id), problems })
}

function machineProblems(definition: Fields): string[] {
  const { id, context, states, historyLimit = 64 } = definition
  const problems: string[] = []
  const expect = (holds: boolean, key: string, expected: string, value: unknown): void => {
    if (!holds) problems.push(`Expected "${key}" to be ${expected}, got ${describeValue(value)}.`)
  }
  expect(typeof id === 'string' && id !== '', 'id', 'a string that is not empty', id)
  const hasStates = Object.keys(fieldsOf(states)).length > 0
  expect(hasStates, 'states', 'an object with at least one state', states)
  expect(context !== undefined, 'context', 'any value but undefined, such as {}', context)
  const isCount = Number.isInteger(historyLimit) && (historyLimit as number) >= 0
  expect(isCount, 'historyLimit', 'an integer from 0', historyLimit)
  for (const key of Object.keys(definition)) {
    if (MACHINE_KEYS.includes(key)) continue
    problems.push(`The machine has an unknown key "${key}". Known: ${MACHINE_KEYS.join(', ')}.`)
  }
  return problems
}
