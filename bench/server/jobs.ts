import type { Site } from './server.ts';

const collection = '/api/v1/beta/split/jobs';

/**
 * Split jobs of any id that have ended when they are asked about for the `polls`th time, by whichever operation; after
 * that they begin anew.
 */
export const jobs: Site = (knobs) => {
  const polls = Number(knobs.get('polls'));
  const asked = new Map<string, number>();
  const look = (id: string): object => {
    const times = (asked.get(id) ?? 0) + 1;
    const ended = times >= polls;
    if (ended) {
      asked.delete(id);
    } else {
      asked.set(id, times);
    }
    return {
      id,
      project_id: '4f9d2c0e-0b6a-4f0e-9f3b-6d9f3b1f0a11',
      user_id: '0a3c1a52-60a3-4f4a-8f2f-6a8f9a1f7c20',
      configuration_id: null,
      document_input: { type: 'file_id', value: 'dfl-9e107d9d-372b-4a9d-9b51-6a2f3d0c1b7e' },
      categories: [
        { name: 'invoice', description: 'A request for payment for goods or services' },
        { name: 'contract', description: 'An agreement between two or more parties' },
      ],
      status: ended ? 'completed' : times === 1 ? 'pending' : 'processing',
      result: ended
        ? { segments: [{ category: 'invoice', pages: [1, 2], confidence_category: 'high' }] }
        : null,
      error_message: null,
      created_at: '2026-05-20T10:00:00.000000Z',
      updated_at: `2026-05-20T10:00:0${times}.000000Z`,
    };
  };
  return ({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const answer =
      pathname === collection
        ? { items: searchParams.getAll('job_ids').map(look), next_page_token: null }
        : look(pathname.slice(collection.length + 1));
    const body = Buffer.from(JSON.stringify(answer));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.byteLength,
    });
    response.end(body);
  };
};
