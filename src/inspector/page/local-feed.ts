/** The feed of a page that is mounted in the program itself. */
import type { Inspector } from '../inspector.ts'
import { type Feed, newFeedState } from './feed.ts'

export function localFeed(inspector: Inspector): Feed {
  const state = newFeedState('live')
  let looksAt: string | undefined
  const recorders = new Set<object>()
  inspector.pages = {
    areThere: () => true,
    lookAt: () => (recorders.size > 0 ? ['*'] : looksAt === undefined ? [] : [looksAt]),
  }
  const ends = [
    inspector.facts.subscribe(({ state: facts }) => {
      state.facts.value = facts
    }),
    inspector.looks.subscribe(({ state: looks }) => {
      state.look.value = looksAt === undefined ? undefined : looks[looksAt]
    }),
  ]
  inspector.run()
  return {
    ...state,
    lookAt: (id) => {
      looksAt = id
      inspector.refresh()
    },
    version: (id, version) => inspector.version(id, version),
    send: async (id, event) =>
      inspector.settings.allowControl ? inspector.send(id, event) : 'refused: it is read only',
    record: (line) => {
      const recorder = {}
      recorders.add(recorder)
      const stops = [
        inspector.facts.subscribe(({ state: facts }) => line({ at: facts.at, facts })),
        inspector.looks.subscribe(({ state: looks, tsWall }) => line({ at: tsWall, looks })),
      ]
      inspector.refresh()
      return () => {
        recorders.delete(recorder)
        for (const stop of stops) stop()
      }
    },
    close: () => {
      for (const end of ends) end()
      inspector.close()
    },
  }
}
