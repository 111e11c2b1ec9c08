/** Whether a connection is there: what is asked of one that is not is lost, and waits for its time to be over. */
import type { NatsConnection } from '@nats-io/nats-core'

interface Listener {
  connected(): void
  disconnected(): void
}

export class ConnectionWatch {
  isConnected = true
  readonly #listeners = new Set<Listener>()
  readonly #status: { stop(): void }

  constructor(connection: NatsConnection) {
    // The cast holds: what is returned can be stopped, and leaves the connection then.
    const status = connection.status() as ReturnType<NatsConnection['status']> & { stop(): void }
    this.#status = status
    void this.#follow(status)
  }

  /** Tells of each change; returns the end of it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#listeners.clear()
    this.#status.stop()
  }

  async #follow(status: ReturnType<NatsConnection['status']>): Promise<void> {
    for await (const { type } of status) {
      if (type !== 'disconnect' && type !== 'reconnect') continue
      this.isConnected = type === 'reconnect'
      for (const listener of [...this.#listeners]) {
        if (this.isConnected) listener.connected()
        else listener.disconnected()
      }
    }
  }
}
