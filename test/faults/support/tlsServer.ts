import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** An https server, and the trust of this process in its certificate while it runs. */
export interface TlsServer extends AsyncDisposable {
  /** Where it answers, by the name of the loopback interface. */
  readonly url: string;
  readonly port: number;
}

/** Starts one whose certificate this process accepts, as far as it is valid and of the right name. */
export async function startTlsServer(
  certificate: Certificate,
  answer: RequestListener,
): Promise<TlsServer> {
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, certificate.cert]);
  const server = createServer({ cert: certificate.cert, key: certificate.key }, answer);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      setDefaultCACertificates(trusted);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
