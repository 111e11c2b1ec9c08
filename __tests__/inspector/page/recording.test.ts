import { describe, expect, test } from '@jest/globals'
import { createStore } from '../../../src/index.ts'
import { Inspector } from '../../../src/inspector/inspector.ts'
import { inspectorSettings } from '../../../src/inspector/inspector-options.ts'
import { openRecording, Recorder } from '../../../src/inspector/page/recording.ts'

/** A recording of a store at 1 and at 2. */
function record(): { text: string; id: string } {
  const store = createStore({ n: 1 }, { name: 'counter' })
  const inspector = new Inspector([store], inspectorSettings({}, 'test'))
  inspector.pages = { areThere: () => true, lookAt: () => ['*'] }
  const recorder = new Recorder()
  const add = (at: number): void => {
    inspector.refresh()
    recorder.add({ at, facts: inspector.facts.state })
    recorder.add({ at, looks: inspector.looks.state })
  }
  add(1_000)
  store.set({ n: 2 })
  add(2_000)
  const id = inspector.facts.state.stores[0]?.id ?? ''
  inspector.close()
  return { text: recorder.text, id }
}

describe('openRecording', () => {
  test('shows what was shown, at any of its times', () => {
    const { text, id } = record()
    const feed = openRecording(text)
    feed.lookAt(id)
    expect(feed.look.value?.state).toEqual({ n: 2 })
    const { steps, step } = feed.playback ?? { steps: [], step: { value: 0 } }
    expect(steps).toEqual([1_000, 1_000, 2_000, 2_000])
    step.value = 1
    expect(feed.look.value?.state).toEqual({ n: 1 })
    expect(feed.facts.value?.stores[0]?.version).toBe(0)
    feed.close()
  })

  test('finds versions that were shown, and no others', async () => {
    const { text, id } = record()
    const feed = openRecording(text)
    expect((await feed.version(id, 0))?.state).toEqual({ n: 1 })
    expect(await feed.version(id, 7)).toBeUndefined()
    expect(await feed.send(id, { type: 'X' })).toBe('this is a recording')
    feed.close()
  })

  test.each([
    ['nothing', '', 'a line of it is no JSON'],
    ['other JSON', '{"a":1}', 'its first line says nothing of one'],
    ['no JSON', 'hello', 'a line of it is no JSON'],
    ['one without a line', '{"headgate":"recording","format":1}', 'The recording is empty.'],
  ])('refuses %s with a sentence', (_, text, sentence) => {
    expect(() => openRecording(text)).toThrow(sentence)
  })
})
