// What a check over https needs first, and Node does in a thread of its own.
import type { RawRequest } from '../concourse/request.ts';

/**
 * Loads node:tls unless the source names http. Node 26 then parses the certificates that it brings along, beside what the
 * run does until it connects, which would wait for them otherwise: 10 ms.
 */
export function prepareForTls({ source }: RawRequest): void {
  const isHttp =
    typeof source === 'object' &&
    source !== null &&
    'url' in source &&
    typeof source.url === 'string' &&
    source.url.startsWith('http:');
  if (!isHttp) process.getBuiltinModule('node:tls');
}
