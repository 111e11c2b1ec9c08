/** The extension as its documentation says: what it is sent crosses to another process as text. */
import type { DevtoolsConnection, DevtoolsExtension, DevtoolsMessage } from '../../../src/devtools/index.ts'

export interface SentState {
  readonly version: number
  readonly state: any
}

interface Action {
  readonly type: string
  readonly version?: number
  readonly missed?: number
}

export class FakeExtension implements DevtoolsExtension, DevtoolsConnection {
  options: Parameters<DevtoolsExtension['connect']>[0] | undefined
  readonly inits: SentState[] = []
  readonly sent: [action: Action | null, state: any][] = []
  readonly errors: string[] = []
  listener: ((message: DevtoolsMessage) => void) | undefined

  connect(options: Parameters<DevtoolsExtension['connect']>[0]): DevtoolsConnection {
    this.options = options
    return this
  }

  init(state: unknown): void {
    this.inits.push(JSON.parse(JSON.stringify(state)))
  }

  send(action: { readonly type: string } | null, state: unknown): void {
    this.sent.push([action, JSON.parse(JSON.stringify(state))])
  }

  error(message: string): void {
    this.errors.push(message)
  }

  subscribe(listener: (message: DevtoolsMessage) => void): () => void {
    this.listener = listener
    return () => {
      this.listener = undefined
    }
  }

  /** Something is done in the panel. */
  dispatch(payload: Exclude<DevtoolsMessage['payload'], string | undefined>, state?: unknown): void {
    this.listener?.({
      type: 'DISPATCH',
      payload,
      state: state === undefined ? undefined : JSON.stringify(state),
    })
  }

  /** Jumps to what was sent, by its place; 0 is what the panel began with. */
  jump(index: number): void {
    const state = index === 0 ? this.inits.at(-1) : this.sent[index - 1]?.[1]
    this.dispatch({ type: 'JUMP_TO_STATE' }, state)
  }
}
