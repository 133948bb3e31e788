import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { describeOperations } from '../support/operation.ts';

const expires_at = '2099-01-01T00:00:00Z';

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
