/**
 * The names of OpenTelemetry's conventions for generative AI, in one place: they are in development, and change.
 *
 * By the registry of open-telemetry/semantic-conventions, 1.41.
 */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  agent: 'gen_ai.agent.name',
  agentId: 'gen_ai.agent.id',
  conversation: 'gen_ai.conversation.id',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  tool: 'gen_ai.tool.name',
  toolCall: 'gen_ai.tool.call.id',
  error: 'error.type',
  /** Not of the conventions: the versions of the store that stand at the two ends. */
  versionFrom: 'headgate.version.from',
  versionTo: 'headgate.version.to',
  state: 'headgate.state',
} as const

/** The names by which attributes are written. */
export type GenAiNames = { readonly [Key in keyof typeof GEN_AI]: string }

/** The operations that the conventions know. */
export const OPERATION = { run: 'invoke_agent', model: 'chat', tool: 'execute_tool' } as const
