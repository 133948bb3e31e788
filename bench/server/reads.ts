import type { Site } from './server.ts';

/** The same directory to whoever asks. */
export const reads: Site = () => {
  const body = Buffer.from(
    JSON.stringify({
      id: 'dir-4f9d2c0e-0b6a-4f0e-9f3b-6d9f3b1f0a11',
      project_id: '0a3c1a52-60a3-4f4a-8f2f-6a8f9a1f7c20',
      name: 'Quarterly reports',
      description: 'What the subsidiaries send in, as they send it',
      created_at: '2026-05-20T10:00:00.000000Z',
      updated_at: '2026-05-21T16:20:00.000000Z',
      deleted_at: null,
    }),
  );
  const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
  return (_, response) => {
    response.writeHead(200, headers);
    response.end(body);
  };
};
