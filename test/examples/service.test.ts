import { describe, expect, it } from 'vitest';
import { startExample } from '../support/example.ts';

describe('examples/service.ts', () => {
  it('tells of each file what becomes of it, and ends with Ctrl-C', async () => {
    const service = await startExample({ name: 'service' });
    const [url = ''] = /http:\S+/.exec(await service.shown('\n')) ?? [];
    const good = await fetch(`${url}/good.md`, { method: 'PUT', body: 'Green tea is brewed.' });
    const bad = await fetch(`${url}/bad.pdf`, { method: 'PUT', body: '%PDF-1.7 broken' });
    expect([good.status, bad.status]).toEqual([202, 202]);
    await service.shown('"file":"good.md","phase":"completed","percent":100,"total":1,"done":1');
    await service.shown('"file":"bad.pdf","phase":"failed"');
    const events = await fetch(`${url}/events`);
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    const forged = await fetch(`${url}/hook`, { method: 'POST', body: '{}' });
    expect(forged.status).toBe(401);
    service.kill('SIGINT');

    const { status, stderr, leftovers } = await service.ended;
    expect({ status, stderr, leftovers }).toEqual({ status: 0, stderr: '', leftovers: [] });
  });
});
