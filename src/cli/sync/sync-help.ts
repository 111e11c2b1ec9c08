/** What `headgate serve --help` prints. */
export const SERVE_HELP = `Usage: headgate serve MODULE [OPTIONS]

Serves the stores of MODULE to mirrors, over WebSocket, until Ctrl-C.

MODULE is a JavaScript file (ESM or CommonJS; TypeScript where Node loads it) that exports "store", or "stores", an
object of them by name; or either by default.

Options:
  --port NUMBER    default 8080; 0 takes any that is free
  --host ADDRESS   default 127.0.0.1, this machine only; others need a --token
  --token TEXT     what a mirror must give to be let in; default: the environment's HEADGATE_TOKEN, else anybody
  --write          mirrors may write; default: they may only read
  --origin ORIGIN  lets pages of an origin in, as https://app.example; may be repeated. Default: those of loopback
  --json           one JSON object a line
  --help           show this text

Exit status: 0 when all stores are destroyed, or the reader of the output has gone · 1 for an address that cannot be
listened at · 2 for a wrong call · 130 after Ctrl-C, 143 after SIGTERM.
`

/** What `headgate mirror --help` prints. */
export const MIRROR_HELP = `Usage: headgate mirror URL [NAME] [OPTIONS]

Mirrors a store that is served at URL (ws:// or wss://), and prints each state that it is told, with how many versions
before it were missed. It connects again when the connection is lost, and ends by Ctrl-C.

NAME is the store's, where several are served.

Options:
  --token TEXT     what the server asks for; default: the environment's HEADGATE_TOKEN
  --count NUMBER   end after so many states
  --until VERSION  end with that version, or the first above it
  --json           one JSON object a line: version, missed, reason, source, tsWall, metadata, state
  --help           show this text

Exit status: 0 when it has what it was to wait for, the store is destroyed, or the reader of the output has gone · 1 where
no server answers, or it refuses · 2 for a wrong call · 130 after Ctrl-C, 143 after SIGTERM.
`
