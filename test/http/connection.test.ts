import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, wireOf } from '../../src/http/connection.ts';

const canary = 'llx-SECRETKEY123';

describe('connect', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('takes the token from LLAMA_CLOUD_API_KEY, then from LLAMA_PARSE_API_KEY', () => {
    vi.stubEnv('LLAMA_CLOUD_API_KEY', 'first');
    vi.stubEnv('LLAMA_PARSE_API_KEY', 'second');
    expect(wireOf(connect()).headers).toEqual({ authorization: 'Bearer first' });
    vi.stubEnv('LLAMA_CLOUD_API_KEY', '');
    expect(wireOf(connect()).headers).toEqual({ authorization: 'Bearer second' });
    expect(wireOf(connect({ token: 'own' })).headers).toEqual({ authorization: 'Bearer own' });
  });

  it('sends a browser session as a cookie instead of a token', () => {
    vi.stubEnv('LLAMA_CLOUD_API_KEY', 'unused');
    expect(wireOf(connect({ session: 'abc' })).headers).toEqual({ cookie: 'session=abc' });
  });

  it('says which variable to set when there is no token, and that the demo needs none', () => {
    vi.stubEnv('LLAMA_CLOUD_API_KEY', '');
    vi.stubEnv('LLAMA_PARSE_API_KEY', '');
    expect(() => connect()).toThrow(TypeError);
    expect(() => connect()).toThrow(/LLAMA_CLOUD_API_KEY.*npm start/);
  });

  it('finds the base URL in the option, the environment, the region, in this order', () => {
    vi.stubEnv('LLAMA_CLOUD_BASE_URL', '');
    expect(connect({ token: 't' }).baseUrl).toBe('https://api.cloud.llamaindex.ai');
    expect(connect({ token: 't', region: 'eu' }).baseUrl).toBe(
      'https://api.cloud.eu.llamaindex.ai',
    );
    vi.stubEnv('LLAMA_CLOUD_BASE_URL', 'http://env.example/');
    expect(connect({ token: 't', region: 'eu' }).baseUrl).toBe('http://env.example');
    expect(connect({ token: 't', baseUrl: 'http://own.example/gateway/' }).baseUrl).toBe(
      'http://own.example/gateway',
    );
  });

  it('gives a frozen handle that prints without its token', () => {
    const connection = connect({ token: canary, projectId: 'prj-1' });
    expect(Object.isFrozen(connection)).toBe(true);
    expect(inspect(connection, { depth: 9, showHidden: true })).not.toContain(canary);
    expect(JSON.stringify(connection)).not.toContain(canary);
    expect(connection.projectId).toBe('prj-1');
  });

  it('takes its key out of texts, unless that is as short as a word', () => {
    expect(wireOf(connect({ token: canary })).redact(`no ${canary}!`)).toBe('no [redacted]!');
    expect(wireOf(connect({ token: 'abc' })).redact('the abc')).toBe('the abc');
  });

  it('refuses what cannot be a token without repeating it', () => {
    for (const token of [`${canary}\nx-evil: 1`, `${canary} `, `ключ-${canary}`]) {
      try {
        connect({ token });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(inspect(error)).not.toContain(canary);
      }
    }
  });

  it.each([
    [{ baseUrl: 'ftp://x.example' }, /base URL/],
    [{ baseUrl: 'nonsense' }, /base URL/],
    [{ baseUrl: 'https://user:pass@x.example' }, /base URL/],
    [{ concurrency: 0 }, /concurrency/],
    [{ timeouts: { headers: -1 } }, /timeouts\.headers/],
    [{ timeouts: { total: NaN } }, /timeouts\.total/],
    [{ retry: { attempts: 0 } }, /retry\.attempts/],
    [{ timeouts: { total: 2 ** 31 } }, /timeouts\.total/],
    [{ retry: { maxDelay: Infinity } }, /retry\.maxDelay/],
    [{ maxResponseBytes: 0 }, /maxResponseBytes/],
  ])('refuses %j when called', (config, message) => {
    expect(() => connect({ token: 't', ...config })).toThrow(message);
  });

  it('is the only way to a handle', () => {
    expect(() => wireOf({ baseUrl: 'x', projectId: undefined, organizationId: undefined })).toThrow(
      /connect\(\)/,
    );
  });
});
