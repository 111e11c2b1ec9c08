import { describeValue, HeadgateError } from '../kit/index.ts'
import { defineScenario, type Scenario } from './scenario.ts'
import { scenarios as suite } from './scenarios.ts'

/**
 * Finds the scenarios that are meant: by name, by group, or given as they are. Each comes once, in the order
 * in which it was first named.
 *
 * @param wanted - all that there are, when it is left out.
 * @param own - scenarios that may be named beside those of the suite.
 * @throws `OPTION_INVALID` for a name that nothing has (the message lists what there is), for an empty list,
 *   and for a scenario of one's own whose name is taken.
 */
export function selectScenarios(
  wanted: readonly (string | Scenario)[] | undefined,
  own: readonly Scenario[] = [],
): readonly Scenario[] {
  const given = (wanted ?? []).filter((one) => typeof one !== 'string')
  const all = withoutTwins([...suite, ...own, ...new Set(given)])
  if (wanted === undefined) return all
  if (!Array.isArray(wanted) || wanted.length === 0) refuse(all, wanted)
  return [...new Set(wanted.flatMap((one) => (typeof one === 'string' ? named(one, all) : [one])))]
}

function named(name: string, all: readonly Scenario[]): readonly Scenario[] {
  const found = all.filter((scenario) => scenario.name === name || scenario.group === name)
  return found.length > 0 ? found : refuse(all, name)
}

function withoutTwins(all: readonly Scenario[]): readonly Scenario[] {
  const names = new Set<string>()
  for (const scenario of all) {
    const { name } = defineScenario(scenario)
    if (names.has(name)) {
      throw new HeadgateError('OPTION_INVALID', {
        option: 'scenario.name',
        expected: 'a name that no other scenario has',
        received: describeValue(name),
      })
    }
    names.add(name)
  }
  return all
}

function refuse(all: readonly Scenario[], received: unknown): never {
  const groups = [...new Set(all.map(({ group }) => group))].join(', ')
  const names = all.map(({ name }) => name).join(', ')
  throw new HeadgateError('OPTION_INVALID', {
    option: 'scenarios',
    expected: `some of the groups ${groups}, or of the scenarios ${names}`,
    received: Array.isArray(received) ? 'an empty list' : describeValue(received),
  })
}
