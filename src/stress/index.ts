/** The stress suite: scenarios that any store can be put through, and what they found. */
export type {
  StoreUnderTest,
  StressAdapter,
  StressHandle,
  StressState,
  StressSubscription,
  SubscriberLedger,
} from './adapter.ts'
export { headgateAdapter } from './headgate-adapter.ts'
export { loadAdapter, type StressModule } from './load-adapter.ts'
export { type Profile, type ProfileName, profiles } from './profile.ts'
export { CHARTS_HINT, findChartScript } from './report/chart-script.ts'
export {
  type ComparedFigure,
  type ComparedOutcome,
  changedFigures,
  compareReports,
  countVerdicts,
  type ReportComparison,
  SAME_WITHIN,
  type Verdict,
} from './report/compare-reports.ts'
export {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatLatency,
  formatLimit,
  formatMoment,
  formatNumber,
  formatRate,
  formatRatio,
  formatThroughput,
} from './report/figures.ts'
export { type HtmlReportOptions, renderHtmlReport } from './report/render-html-report.ts'
export { mainThroughput, type Throughput } from './report/scenario-figures.ts'
export { verdictSentence } from './report/verdict-sections.ts'
export { runStress } from './run-stress.ts'
export { type IsolatedOptions, runStressIsolated } from './run-stress-isolated.ts'
export {
  defineScenario,
  type Scenario,
  type ScenarioContext,
  type ScenarioGroup,
  type Threshold,
} from './scenario.ts'
export type { ScenarioProgress } from './scenario-recorder.ts'
export { scenarios } from './scenarios.ts'
export type { StressEvent, StressOptions, StressRunOptions } from './stress-options.ts'
export {
  type CheckResult,
  isMissed,
  type LatencySummary,
  type Outcome,
  type ScenarioResult,
  type StressEnvironment,
  type StressReport,
  type ThresholdResult,
} from './stress-report.ts'
export { FLOOR, type FloorName } from './thresholds.ts'
