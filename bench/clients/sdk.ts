import LlamaCloud from '@llamaindex/llama-cloud';

/** The vendor's client, as its own guide makes it. */
export function sdk(baseURL: string): LlamaCloud {
  return new LlamaCloud({ baseURL, apiKey: 'bench' });
}
