import { describe, expect } from 'vitest';
import { createDirectory, getDirectory } from '../../src/sources/directories.ts';
import { fault } from './support/fault.ts';

describe('Connecting', () => {
  fault(
    1,
    'the name of the host is unknown',
    {
      behaviour:
        'any operation is tried again, as nothing was sent; then a `NetworkError` of the kind `connect` names the host',
    },
    async (run) => {
      // No label of a name is longer than 63 bytes, so that every resolver says no, with a network or without.
      const host = `${'x'.repeat(64)}.invalid`;
      const connection = run.connect({ url: `http://${host}` });
      for (const call of [
        getDirectory(connection, 'dir-1'),
        createDirectory(connection, { name: 'x' }),
      ]) {
        const error = await run.errorOf(call);
        expect(error).toMatchObject({ kind: 'connect', ambiguous: false, attempts: 3 });
        expect(error.message).toContain(host);
      }
    },
  );
});
