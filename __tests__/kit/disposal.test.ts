import { describe, expect, jest, test } from '@jest/globals'
import { defineDispose, disposeSymbol, disposeSymbolOf, onAbort } from '../../src/kit/disposal.ts'

describe('disposeSymbolOf', () => {
  test("is the platform's symbol where there is one", () => {
    const symbol = Symbol('dispose')
    expect(disposeSymbolOf({ dispose: symbol })).toBe(symbol)
  })

  test('is the registered symbol that compilers fall back on where the platform has none', () => {
    expect(disposeSymbolOf({})).toBe(Symbol.for('Symbol.dispose'))
  })

  test('has found the symbol of this platform', () => {
    expect(disposeSymbol).toBe(disposeSymbolOf(Symbol))
  })
})

describe('defineDispose', () => {
  class Lamp {
    static {
      defineDispose(Lamp.prototype, function () {
        this.lit = false
      })
    }
    lit = true
  }

  test('gives the instances of a class a method under the symbol', () => {
    const lamp = new Lamp()
    const other = new Lamp()
    ;(lamp as unknown as Record<symbol, () => void>)[disposeSymbol]!()
    expect([lamp.lit, other.lit]).toEqual([false, true])
  })

  test('adds no name that could be met when the instance is listed', () => {
    expect(Reflect.ownKeys(new Lamp())).toEqual(['lit'])
    expect(Object.keys(Lamp.prototype)).toEqual([])
  })
})

describe('onAbort', () => {
  test('calls the action once when the signal aborts', () => {
    const controller = new AbortController()
    const action = jest.fn()
    onAbort(controller.signal, action)
    expect(action).not.toHaveBeenCalled()
    controller.abort()
    controller.signal.dispatchEvent(new Event('abort'))
    expect(action).toHaveBeenCalledTimes(1)
  })

  test('calls the action at once for a signal that has aborted', () => {
    const action = jest.fn()
    const remove = onAbort(AbortSignal.abort(), action)
    expect(action).toHaveBeenCalledTimes(1)
    remove()
    expect(action).toHaveBeenCalledTimes(1)
  })

  test('takes its listener away when the result is called', () => {
    const { signal, abort } = observedSignal()
    const action = jest.fn()
    const remove = onAbort(signal, action)
    expect(signal.listeners).toBe(1)
    remove()
    expect(signal.listeners).toBe(0)
    abort()
    expect(action).not.toHaveBeenCalled()
  })

  test('has nothing to do without a signal', () => {
    const action = jest.fn()
    onAbort(undefined, action)()
    expect(action).not.toHaveBeenCalled()
  })
})

/** A signal that counts its listeners. */
function observedSignal(): { signal: AbortSignal & { listeners: number }; abort: () => void } {
  const controller = new AbortController()
  const signal = Object.assign(controller.signal, { listeners: 0 })
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: unknown[]) => {
    signal.listeners += 1
    addEventListener.apply(signal, args as never)
  }
  signal.removeEventListener = (...args: unknown[]) => {
    signal.listeners -= 1
    removeEventListener.apply(signal, args as never)
  }
  return { signal, abort: () => controller.abort() }
}
