/** A checkpoint saver for LangGraph, on the engines of a journal. */
export { type LangGraphSaver, langGraphSaver } from './lang-graph-saver.ts'
