import { describe, expect, test } from '@jest/globals'
import { type StopCause, StopSwitch } from '../../src/cli/stop-switch.ts'

const idle = (): StopSwitch => new StopSwitch(new AbortController().signal)
const brokenPipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })

describe('StopSwitch', () => {
  test('has no cause, and status 0, while the run goes on', () => {
    const stop = idle()
    expect([stop.cause, stop.status]).toEqual([undefined, 0])
  })

  test.each<[StopCause, number]>([
    [{ kind: 'signal', name: 'SIGINT' }, 130],
    [{ kind: 'signal', name: 'SIGTERM' }, 143],
    [{ kind: 'output', error: brokenPipe }, 0],
    [{ kind: 'output', error: new Error('no space left') }, 1],
    [{ kind: 'strict' }, 1],
    [{ kind: 'unreadable', sentence: 'Gone.' }, 1],
  ])('turns %j into a status', (cause, status) => {
    const stop = idle()
    stop.stop(cause)
    expect([stop.cause, stop.status]).toEqual([cause, status])
  })

  test('keeps the first cause', () => {
    const stop = idle()
    stop.stop({ kind: 'strict' })
    stop.stop({ kind: 'signal', name: 'SIGINT' })
    expect(stop.cause).toEqual({ kind: 'strict' })
  })

  test('follows the signal it is given, also one that has aborted before', () => {
    const controller = new AbortController()
    const before = new StopSwitch(controller.signal)
    controller.abort('SIGTERM')
    expect(before.cause).toEqual({ kind: 'signal', name: 'SIGTERM' })
    expect(new StopSwitch(controller.signal).cause).toEqual({ kind: 'signal', name: 'SIGTERM' })
  })

  test('calls each listener once, at once where it has stopped before', () => {
    const stop = idle()
    const calls: string[] = []
    stop.onStop(() => calls.push('early'))
    const away = stop.onStop(() => calls.push('taken away'))
    away()
    stop.stop({ kind: 'strict' })
    stop.stop({ kind: 'strict' })
    stop.onStop(() => calls.push('late'))
    expect(calls).toEqual(['early', 'late'])
  })

  test('lets go of the signal when it is released', () => {
    const controller = new AbortController()
    const stop = new StopSwitch(controller.signal)
    stop.release()
    controller.abort('SIGINT')
    expect(stop.cause).toBeUndefined()
  })
})
