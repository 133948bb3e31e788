import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { JsonReviver } from '../../src/http/reviveJson.ts';
import { createAgentData, getAgentData, searchAgentData } from '../../src/sources/agentData.ts';
import { streamChat } from '../../src/sources/chat.ts';
import { watchSplitJob } from '../../src/sources/split.ts';
import { toJson } from '../../src/types/toJson.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { type Answerer, startServer, type TestServer } from '../support/server.ts';

/** Integers that a number cannot hold come as `bigint`, with all their digits. */
const exact: JsonReviver = (_, value, { source }) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
    ? BigInt(source ?? '')
    : value;

const big = 9007199254740993n;

function answering(body: string): Answerer {
  return (_, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  };
}

function to(server: TestServer, reviver: JsonReviver | undefined = exact): Connection {
  return connect({ token: 't', baseUrl: server.url, reviver });
}

describe('a reviver', () => {
  it('keeps what a number would lose, in answers, lists and events', async () => {
    const record = `{"id":"a","deployment_name":"d","data":{"v":${big},"n":5,"f":1e300,"s":"${big}"}}`;
    const data = { v: big, n: 5, f: 1e300, s: String(big) };
    await using one = await startServer(answering(record));
    expect(await lastValueFrom(getAgentData(to(one), 'a'))).toMatchObject({ data });
    await using list = await startServer(answering(`{"items":[${record}]}`));
    const body = { deployment_name: 'd' };
    expect(await lastValueFrom(searchAgentData(to(list), body))).toMatchObject({ data });
    const result = `{"type":"tool_result","call_id":"c","name":"n","result":${big}}`;
    await using chat = await startServer((_, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.end(`data: ${result}\n\ndata: {"type":"stop"}\n\n`);
    });
    const turn = streamChat(to(chat), 's', { index_ids: ['i'], prompt: 'p' }).pipe(toArray());
    expect(await lastValueFrom(turn)).toMatchObject([{ result: big }, { type: 'stop' }]);
  });

  it('has its values kept in the events of a stream that is cut, and in watched jobs', async () => {
    await using chat = await startServer((_, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.end(`data: {"type":"tool_result","result":${big}}\n\n`);
    });
    const turn = lastValueFrom(streamChat(to(chat), 's', { index_ids: ['i'], prompt: 'p' }));
    await expect(turn).rejects.toMatchObject({ kind: 'incomplete', received: [{ result: big }] });

    const job = `{"id":"j","status":"completed","project_id":${big}}`;
    await using jobs = await startServer(answering(job));
    expect(await lastValueFrom(watchSplitJob(to(jobs), 'j'))).toMatchObject({ project_id: big });
    await using list = await startServer(answering(`{"items":[${job}]}`));
    expect(await lastValueFrom(watchMany(to(list), { split: ['j'] }))).toMatchObject({
      job: { project_id: big },
    });
  });

  it.each(['{"a":1}', 'data: {"a":1}\n\n'])('that throws is the error: %j', async (body) => {
    const mistake = new SyntaxError('a mistake in the reviver');
    const isStream = body.startsWith('data');
    await using server = await startServer((_, response) => {
      response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
      response.end(body);
    });
    const connection = to(server, () => {
      throw mistake;
    });
    const call = isStream
      ? streamChat(connection, 's', { index_ids: ['i'], prompt: 'p' })
      : getAgentData(connection, 'a');
    await expect(lastValueFrom<unknown>(call)).rejects.toBe(mistake);
    expect(server.requests).toHaveLength(1);
  });

  it('does not hide that an answer is not JSON, nor have a say in a refusal', async () => {
    await using broken = await startServer(answering('{"a":'));
    const read = lastValueFrom(getAgentData(to(broken), 'a'));
    await expect(read).rejects.toMatchObject({ name: 'ResponseError', kind: 'parse' });
    await using refusal = await startServer((_, response) => {
      response.writeHead(409).end(`{"detail":"no","n":${big}}`);
    });
    const refused = lastValueFrom(getAgentData(to(refusal), 'a'));
    await expect(refused).rejects.toMatchObject({ status: 409, body: { detail: 'no' } });
  });

  it('must be a function', () => {
    const reviver = 'bigint' as unknown as JsonReviver;
    expect(() => connect({ token: 't', reviver })).toThrow(
      /reviver must be a function, got string/,
    );
  });
});

describe('a bigint that is sent', () => {
  it('is a number with all its digits', async () => {
    await using server = await startServer(answering('{}'));
    const data = { v: big, all: [-big, { n: 1n }], s: '1' };
    await lastValueFrom(createAgentData(to(server), { deployment_name: 'd', data }));
    expect(server.requests[0]?.body.toString()).toBe(
      `{"deployment_name":"d","data":{"v":${big},"all":[-${big},{"n":1}],"s":"1"}}`,
    );
  });

  it('leaves what cannot be written at all as it was', () => {
    const circle: Record<string, unknown> = { n: 1n };
    circle.self = circle;
    expect(() => toJson(circle)).toThrow(/circular/);
    expect(toJson({ a: [1, undefined], b: new Date(0) })).toBe(
      '{"a":[1,null],"b":"1970-01-01T00:00:00.000Z"}',
    );
  });
});
