/** What `headgate --help` prints. */
export const HELP = `Usage: headgate COMMAND [OPTIONS]

Commands:
  run        run a state machine on a stream of records and show who missed what
  journal    look into what a run has kept on the disk, mend it, carry it elsewhere
  serve      serve the stores of a module to mirrors
  mirror     print the states of a store that is served elsewhere
  inspect    show running stores, or a recording of them, in a page
  stress     put load on a store, check that it holds, and write a report

Options:
  --help     show this text
  --version  show the version

"headgate COMMAND --help" explains a command.
`

/** What `headgate run --help` prints. */
export const RUN_HELP = `Usage: headgate run [MODULE] [OPTIONS]

Feeds records to the state machine of MODULE, one commit for each change, and shows what every subscriber
was given and what it missed. Without MODULE it runs its built-in demonstration.

MODULE is a JavaScript file (ESM or CommonJS; TypeScript where Node loads it) that exports "machine",
"ingest(record)" and, if it likes, "observe(draft, record)". docs/run.md describes it.

Options:
  --events FILE|-          records as NDJSON, one a line, also as .gz or .zst; - is standard input, also where
                           it is piped in
  --speed max|FACTOR       1 keeps the times of the records, 2 is twice as fast, max does not wait;
                           default: max for --events, 1 for records that the module makes itself
  --time FIELD[:UNIT]      where records have their times: a text is ISO 8601, a number of UNIT (s, ms, us,
                           ns; default ms). Default: what the module says, else t
  --subscriber ID=POLICY   attach a subscriber; may be repeated. The id of a subscriber of the module
                           gives that one another policy. Policies: direct, latest, exhaust,
                           switchLatest, frame, buffer:64:drop-oldest (or :drop-incoming, :error,
                           :suspend), throttle:100, debounce:100, audit:100, sample:100, batch:100
  --seed NUMBER            seed of the demonstration, or of the records that the module makes itself
  --journal FOLDER         keep every commit on the disk, and go on where an earlier run of the same module on
                           the same records has stopped, also after kill -9
  --serve PORT             serve the machine's store to mirrors of this machine, who may read it; 0 takes any
                           port that is free. headgate mirror shows it
  --inspect [PORT]         serve a page that shows the run: who is slow, what happened; docs/inspector.md. In a
                           terminal the run stays until Ctrl-C
  --json                   one JSON object a line: the transitions, and last the summary
  --strict                 end the run at the first bad record, with exit status 1
  --help                   show this text

Exit status: 0 at the end of the records, or when the reader of the output has gone · 1 for a bad record
with --strict, records that could not be read to their end, or output or a journal that could not be
written · 2 for a wrong call, or a journal that cannot be opened · 3 where every record was rejected · 4 where the module awaits what will never come · 130 after
Ctrl-C, 143 after SIGTERM; a second Ctrl-C ends the run at once, whatever the module does.
`
