/** What `headgate journal --help` prints. */
export const JOURNAL_HELP = `Usage: headgate journal ACTION FOLDER [VERSION] [OPTIONS]

Looks into the journals of a folder, mends them, and carries them elsewhere. No other process may have the
folder open. docs/journal.md says what a journal is; "headgate run --journal FOLDER" writes one.

Actions:
  ls                list the journals: versions, records, schema
  cat               list the commits that are kept: version, time, reason, source
  at VERSION        show the state of a version
  verify            read everything; tell what is damaged, and which versions are missing
  repair            cut off what is behind the last version that holds; a copy of it stays in the folder
  compact           clear what is older than the newest --keep versions
  export            write the records as lines of JSON to standard output
  import            make a journal of such lines from standard input

Options:
  --name NAME       the journal that is meant; may be left out where the folder holds one
  --from VERSION    the first version that is listed
  --to VERSION      the last one
  --newest-first    list the newest version first
  --keep COUNT      versions that "compact" keeps; default 10000
  --json            ls, cat, at, verify: one JSON object a line
  --help            show this text

Exit status: 0 done · 1 the journal is damaged, or the output could not be written · 2 for a wrong call, a
folder without the journal, or one that is open elsewhere · 130 after Ctrl-C, 143 after SIGTERM.
`
