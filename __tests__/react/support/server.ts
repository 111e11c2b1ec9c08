/** What React's server build needs and jsdom has not; imported before anything of React. */
import { setImmediate } from 'node:timers'
import { TextDecoder, TextEncoder } from 'node:util'

Object.assign(globalThis, { TextDecoder, TextEncoder, setImmediate })
