import LlamaCloud from '@llamaindex/llama-cloud';
import { checkedFetch } from './checkedFetch.ts';
import type { Endpoint } from './cloud.ts';

/**
 * The vendor's own client, set up for a running cloud. Every answer that it gets is held to what
 * is declared of its operation. It sends each request once.
 */
export function vendorClient({ url, token }: Endpoint): LlamaCloud {
  return new LlamaCloud({ baseURL: url, apiKey: token, maxRetries: 0, fetch: checkedFetch });
}

/** `resource` as before; the names of its methods leave `uncalled` as they are called. */
export function watchCalls<T extends object>(
  resource: T,
): { readonly resource: T; readonly uncalled: Set<string> } {
  const uncalled = new Set(Reflect.ownKeys(Object.getPrototypeOf(resource) as object).map(String));
  uncalled.delete('constructor');
  const watched = new Proxy(resource, {
    get(target, name, receiver) {
      uncalled.delete(String(name));
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  return { resource: watched, uncalled };
}
