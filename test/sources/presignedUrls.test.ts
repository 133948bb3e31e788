import { describe, expect, it } from 'vitest';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { connectTo, describeOperations } from '../support/operation.ts';

const expires_at = '2026-06-01T00:00:00Z';

describeOperations([
  {
    name: 'downloadPresignedUrl',
    call: (connection, url) =>
      downloadPresignedUrl(connection, { url: `${url}/store/q3.parquet?sig=1%2F2`, expires_at }),
    sends: 'GET /store/q3.parquet?sig=1%2F2',
    headers: { authorization: undefined },
    answer: 'PAR1',
    emits: [Buffer.from('PAR1')],
  },
]);

describe('downloadPresignedUrl', () => {
  it('refuses a link that is not encrypted when called', () => {
    const link = { url: 'http://files.example.com/q3', expires_at };
    expect(() => downloadPresignedUrl(connectTo('http://127.0.0.1:1'), link)).toThrow(TypeError);
  });
});
