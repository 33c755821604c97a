// Publishes documents from a process of its own, so that serving is not counted as anybody's work.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The server's own certificate and key, PEM. */
export interface Authority {
  readonly key: string;
  readonly cert: string;
}

export type Scheme = 'http' | 'https';

export interface Publisher {
  url(scheme: Scheme, file: string): string;
  /** Bytes that were sent since the last call, TLS and headers included. */
  bytesSent(): Promise<number>;
  close(): void;
}

/** Starts to publish the files of a folder. */
export async function startPublisher(folder: string, authority: Authority): Promise<Publisher> {
  const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [
    folder,
    JSON.stringify(authority),
  ]);
  const answer = async () => (await once(server, 'message'))[0];
  const ports = (await answer()) as Readonly<Record<Scheme, number>>;
  return {
    url: (scheme, file) => `${scheme}://127.0.0.1:${ports[scheme]}/${file}`,
    async bytesSent() {
      const bytes = answer();
      server.send('bytes');
      return (await bytes) as number;
    },
    close: () => server.disconnect(),
  };
}
