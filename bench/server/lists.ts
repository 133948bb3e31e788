import type { Site } from './server.ts';

/** A list of `items` directories in pages of `size`, whatever it is asked. The token of a page is its number. */
export const lists: Site = (knobs) => {
  const items = Number(knobs.get('items'));
  const size = Number(knobs.get('size'));
  const pages = Array.from({ length: Math.ceil(items / size) }, (_, page) => {
    const first = page * size;
    const ids = Array.from({ length: Math.min(size, items - first) }, (_, n) => first + n);
    const last = first + size >= items;
    return Buffer.from(
      JSON.stringify({
        items: ids.map(directory),
        next_page_token: last ? null : String(page + 1),
        total_size: items,
      }),
    );
  });
  const token = /[?&]page_token=(\d+)/;
  return ({ url = '' }, response) => {
    const body = pages[Number(token.exec(url)?.[1] ?? 0)];
    response.writeHead(body ? 200 : 404, {
      'content-type': 'application/json',
      'content-length': body?.byteLength ?? 0,
    });
    response.end(body);
  };
};

function directory(n: number): object {
  const id = n.toString(16).padStart(12, '0');
  return {
    id: `dir-4f9d2c0e-0b6a-4f0e-9f3b-${id}`,
    project_id: '0a3c1a52-60a3-4f4a-8f2f-6a8f9a1f7c20',
    name: `Quarterly reports ${n}`,
    description: 'What the subsidiaries send in, as they send it',
    created_at: '2026-05-20T10:00:00.000000Z',
    updated_at: '2026-05-21T16:20:00.000000Z',
    deleted_at: null,
  };
}
