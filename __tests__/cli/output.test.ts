import { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { Output } from '../../src/cli/output.ts'
import { MemoryStream } from './support/fake-io.ts'

/** A stream that holds each write until it is told to go on. */
class SlowStream extends Writable {
  goOn: (() => void)[] = []
  constructor() {
    super({ highWaterMark: 4 })
  }
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    this.goOn.push(done)
  }
}

describe('Output', () => {
  test('writes what one turn of the event loop gathers in one piece', async () => {
    const stream = new MemoryStream()
    const pieces: string[] = []
    stream._write = (chunk, _encoding, done) => {
      pieces.push(String(chunk))
      done()
    }
    const output = new Output(stream)
    output.line('a')
    output.line('b')
    expect(pieces).toEqual([])
    await nextTurn()
    output.line('c')
    await output.flush()
    expect(pieces.filter((piece) => piece !== '')).toEqual(['a\nb\n', 'c\n'])
  })

  test('writes at once what grows beyond its bound', () => {
    const stream = new MemoryStream()
    const output = new Output(stream)
    output.write('x'.repeat(64 * 1024))
    expect(stream.text).toBe('')
    output.write('y')
    expect(stream.text).toHaveLength(64 * 1024 + 1)
  })

  test('tells once that the reader has gone, and writes nothing more', async () => {
    const stream = new MemoryStream()
    stream.closesAfter = 1
    const failures: string[] = []
    const output = new Output(stream, ({ message }) => failures.push(message))
    for (const line of ['a', 'b', 'c', 'd']) {
      output.line(line)
      await nextTurn()
    }
    await output.flush()
    // A pipe of the process fails with each write.
    stream.emit('error', new Error('again'))
    expect(failures).toEqual(['write EPIPE'])
    expect([stream.text, output.open]).toEqual(['a\n', false])
  })

  test('has room while the stream keeps up', async () => {
    const output = new Output(new MemoryStream())
    output.line('a')
    await output.flush()
    expect(output.room()).toBeUndefined()
  })

  test('says what to wait for while the stream does not', async () => {
    const stream = new SlowStream()
    const output = new Output(stream)
    output.write('too much')
    await nextTurn()
    let hasRoom = false
    const waiting = output.room()?.then(() => {
      hasRoom = true
    })
    await nextTurn()
    expect(hasRoom).toBe(false)
    stream.goOn.shift()?.()
    await waiting
    expect(hasRoom).toBe(true)
  })

  test('lets nobody wait for a stream that has failed', async () => {
    const stream = new SlowStream()
    const output = new Output(stream)
    output.write('too much')
    await nextTurn()
    const waiting = output.room()
    stream.destroy(new Error('gone'))
    await waiting
    await output.flush()
    expect(output.room()).toBeUndefined()
  })
})
