/** What `headgate inspect --help` prints. */
export const INSPECT_HELP = `Usage: headgate inspect RECORDING [OPTIONS]
       headgate inspect URL [STORE…] [OPTIONS]

Serves a page on this machine and prints its address: who is slow, who leaks, what happened.

RECORDING is a file that the page has saved. URL is a server of "headgate/sync": ws://… (with the package ws), or
http://… of its sseHandler. Without STORE the one that has no name is mirrored.

Options:
  --port PORT  default: one that is free
  --help       show this text

It ends with Ctrl-C. Exit status: 1 for a file that cannot be read · 2 for a wrong call · 130 after Ctrl-C, 143
after SIGTERM. docs/inspector.md describes the page.
`
