/**
 * How a mirror gets admitted: it says hello, with a token that may take its time, and again after a while if the other
 * mirrors of its connection are admitted and it is not.
 *
 *   say ──(token)──> hello sent ──(welcome)──> welcomed
 *    ^                   │
 *    └──── a while ──────┴── not admitted, or the token failed
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import { PROTOCOL, type Resume } from './frames.ts'
import type { Link } from './link.ts'

export interface GreetingOptions {
  readonly name: string
  readonly clientId: string
  readonly link: Link
  readonly scheduler: SchedulerLike
  readonly token: (() => string | Promise<string>) | undefined
  /** Where the mirror would go on from. */
  resume(): Resume | undefined
  failed(error: unknown): void
  /** It is no longer admitted, though the connection stands; returns whether it still wants to be. */
  lost(): boolean
}

export class Greeting {
  /** Whether a hello waits for its welcome: what comes until then is of what the mirror had before. */
  isAsking = false
  readonly #options: GreetingOptions
  /** Counts hellos: a token that comes, or fails, late belongs to no other. */
  #hellos = 0
  /** Hellos that were not welcomed, on a connection that others go on with. */
  #refusals = 0
  #retry: Subscription | undefined

  constructor(options: GreetingOptions) {
    this.#options = options
  }

  /** @param resumes - whether it goes on from what it has; else it asks for a snapshot. */
  say(resumes: boolean): void {
    this.#hellos += 1
    this.isAsking = true
    const { token } = this.#options
    if (token === undefined) this.#send(resumes, undefined)
    else void this.#sendWithToken(resumes, token)
  }

  /** After a while; or with the next connection, where nobody else needs this one. */
  sayLater(): void {
    const { link, scheduler, lost } = this.#options
    if (!link.isShared) {
      link.reset()
      return
    }
    if (!lost()) return
    this.#refusals += 1
    this.#retry = scheduler.schedule(() => this.say(true), link.waitMs(this.#refusals))
  }

  welcomed(): void {
    this.isAsking = false
    this.#refusals = 0
  }

  /** The connection is lost, or the mirror is over: what was begun comes to nothing. */
  forget(): void {
    this.#hellos += 1
    this.#retry?.unsubscribe()
  }

  /** Never rejects. */
  async #sendWithToken(resumes: boolean, token: () => string | Promise<string>): Promise<void> {
    const number = this.#hellos
    try {
      const given = await token()
      if (number === this.#hellos) this.#send(resumes, given)
    } catch (error) {
      if (number !== this.#hellos) return
      this.#options.failed(error)
      // Whoever is told may close the mirror.
      if (number === this.#hellos) this.sayLater()
    }
  }

  #send(resumes: boolean, token: string | undefined): void {
    const { link, clientId, name, resume } = this.#options
    const from = resumes ? resume() : undefined
    link.send({ t: 'hello', protocol: PROTOCOL, clientId, store: name, token, resume: from })
  }
}
