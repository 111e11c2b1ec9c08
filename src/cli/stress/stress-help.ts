/** What `headgate stress --help` prints. */
export const STRESS_HELP = `Usage: headgate stress [SCENARIO|GROUP ...] [OPTIONS]

Puts load on a store and checks that it loses nothing, stays bounded and recovers, scenario by scenario, each
in a process of its own. Without names it runs all of them; --list names them.

Options:
  --profile NAME         quick (seconds; the default), ci (within a minute), full (minutes),
                         soak (an hour of mixed work)
  --duration SECONDS     how long scenarios that run for a time do so; default: that of the profile
  --scale FACTOR         multiplies the load of the profile
  --seed NUMBER          seed of what is random; default 1
  --timeout SECONDS      how long one scenario may take in all; default by profile
  --store MODULE         a JavaScript module that exports an adapter for another store
  --report FILE.html     write a report with charts, as one file
  --json FILE.json       write the report as JSON
  --baseline FILE.json   compare with an earlier --json
  --list                 name the scenarios and their groups, and run nothing
  --help                 show this text

Each option is also read from the environment, as HEADGATE_STRESS_PROFILE, HEADGATE_STRESS_DURATION and so on;
the command line wins.

Exit status: 0 all passed · 1 a threshold or a check was missed, or a file could not be written · 2 for a
wrong call · 130 after Ctrl-C, 143 after SIGTERM.
`
