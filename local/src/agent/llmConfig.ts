/** A language model behind an OpenAI-compatible `/chat/completions`. */
export interface LlmConfig {
  /** Up to and without `/chat/completions`: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** How long the model may be silent, in milliseconds. @defaultValue `120_000` */
  readonly silence?: number | undefined;
}

/**
 * The model that the environment names with `OPENAI_BASE_URL`, `OPENAI_MODEL` and, if it takes
 * one, `OPENAI_API_KEY`; `undefined` unless the first two are set.
 */
export function llmConfigFrom(
  env: Readonly<Record<string, string | undefined>>,
): LlmConfig | undefined {
  const { OPENAI_BASE_URL: baseUrl = '', OPENAI_MODEL: model = '', OPENAI_API_KEY: apiKey } = env;
  return baseUrl === '' || model === '' ? undefined : { baseUrl, model, apiKey };
}
