import { execFile } from 'node:child_process';
import { inspect } from 'node:util';
import type { Observable } from 'rxjs';
import { describe, expect } from 'vitest';
import { toSse } from '../../src/bridges/toSse.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import { streamChat } from '../../src/sources/chat.ts';
import { createDirectory, getDirectory, listDirectories } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { startServer } from '../support/server.ts';
import { canary } from './support/canary.ts';
import { fault } from './support/fault.ts';

const chat = { prompt: 'x', index_ids: ['idx-1'] };

/** What a program with a call that nobody handles the error of writes when it crashes. */
async function crash(url: string): Promise<string> {
  const program = `
    import { activity, connect, getIndex } from 'rx-llamacloud';
    const connection = connect({ token: '${canary}', baseUrl: '${url}', retry: { attempts: 2, maxDelay: 1 } });
    activity(connection).subscribe((event) => console.log(event));
    console.log(connection, JSON.stringify(connection));
    getIndex(connection, 'idx-1').subscribe();
  `;
  const flags = ['--conditions=@rx-llamacloud/source', '--input-type=module', '--eval', program];
  return new Promise((resolve) => {
    execFile(process.execPath, flags, { cwd: process.cwd() }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

describe('Everywhere', () => {
  fault(
    73,
    'a server that repeats the key it is sent, in every part of its answers',
    {
      behaviour:
        'The key is in no error, cause, event, printed connection, crash report or event stream to a browser. A key or a base URL that cannot be meant is refused without being repeated. What a good answer says is data, and passed on as it is.',
    },
    async (run) => {
      const answers: readonly ((sent: string) => string)[] = [
        (sent) => sent,
        (sent) =>
          `HTTP/1.1 401 ${canary}\r\nx-request-id: ${canary}\r\n\r\n{"detail":${JSON.stringify(sent)}}`,
        (sent) =>
          `HTTP/1.1 422 x\r\n\r\n{"detail":[{"loc":["header"],"msg":${JSON.stringify(sent)},"type":"x"}]}`,
        (sent) => `HTTP/1.1 500 x\r\n\r\n<html><title>${sent}</title>`,
        (sent) => `HTTP/1.1 200 OK\r\n\r\n<html><title>${sent}</title>`,
        (sent) => `HTTP/1.1 200 OK\r\n\r\n{"id": ${sent}`,
        () => `HTTP/1.1 200 OK\r\ncontent-encoding: ${canary}\r\n\r\nx`,
        () => `HTTP/1.1 307 x\r\nlocation: https://elsewhere.example/?key=${canary}\r\n\r\n`,
        (sent) => `HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n${sent}`,
        (sent) =>
          `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ${sent.replaceAll('\r\n', ' ')}\n\n`,
      ];
      const sources: readonly ((connection: Connection) => Observable<unknown>)[] = [
        (c) => getDirectory(c, canary),
        (c) => createDirectory(c, { name: canary }),
        (c) => listDirectories(c, { name: canary }),
        (c) => streamChat(c, 'session-1', chat),
        (c) =>
          uploadDirectoryFile(c, 'dir-1', { upload_file: new Uint8Array(1), display_name: canary }),
      ];
      const lines: string[] = [];
      for (const answer of answers) {
        const echo = await run.rawServer((socket, count) => {
          const sent = JSON.stringify(echo.requests[count - 1]?.headers);
          socket.end(answer(`HTTP ${sent}`));
        });
        for (const config of [{}, { token: 'unused', session: canary }]) {
          for (const source of sources) {
            const failing = source(run.connect(echo, { ...config, retry: { attempts: 1 } }));
            const told = run.watch(toSse(failing).messages());
            const watched = run.watch(failing);
            await run.ended(told);
            await run.ended(watched);
            expect(watched.error, answer('')).toBeInstanceOf(Error);
            lines.push(JSON.stringify(told.values));
          }
        }
        expect(inspect(echo.requests, { depth: 8 })).toContain(canary);
      }
      expect(lines.join('\n')).toContain('"error"');
      expect(lines.join('\n')).not.toContain(canary);

      for (const config of [
        { token: `${canary}\r\nx-evil: 1` },
        { session: `${canary}; other=1` },
        { token: 'fine', baseUrl: `https://user:${canary}@api.example` },
        { token: 'fine', baseUrl: `https://api.example/?key=${canary}` },
        { token: 'fine', presigned: { hosts: [`https://files.example/?key=${canary}`] } },
      ]) {
        let refusal: unknown;
        try {
          connect(config);
        } catch (error) {
          refusal = error;
        }
        expect(refusal).toBeInstanceOf(TypeError);
        expect(inspect(refusal, { depth: 8 })).not.toContain(canary);
      }

      const link = { url: `https://files.example/?key=${canary}`, expires_at: '2024-01-01' };
      const connection = run.connect({ url: 'https://api.example' });
      await run.errorOf(downloadPresignedUrl(connection, link));

      // Not one of the run's servers, as the requests to it come from another process.
      await using server = await startServer((request, response) => {
        response.writeHead(500, { 'x-request-id': canary }).end(JSON.stringify(request.headers));
      });
      const report = await crash(server.url);
      expect(report).toMatch(/HttpError: GET .*answered 500/);
      expect(report).toContain("type: 'retrying'");
      expect(report).not.toContain(canary);
    },
  );
});
