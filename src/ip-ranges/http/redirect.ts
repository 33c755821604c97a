// The redirect rules: only to where `url` itself might lead, and not for ever.
import type { Access } from '../../config/source.ts';
import { whyNotReachable, withoutSecrets } from '../../config/url.ts';
import { show } from '../../errors.ts';
import type { Reply } from './exchange.ts';
import { Failure } from './failure.ts';

const maxRedirects = 5;

/** Sends a request to `start`, and to where its replies redirect. Rejects with a Failure for a redirect that leads nowhere. */
export async function followRedirects(
  start: URL,
  access: Access,
  send: (url: URL) => Promise<Reply>,
): Promise<Reply> {
  let url = start;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const reply = await send(url);
    const target = redirectTarget(reply, url);
    if (target === undefined) return reply;
    const fault = whyNotReachable(target, access.allowHttp);
    if (fault !== undefined) {
      throw new Failure(`it redirects to ${show(withoutSecrets(target))}, which is not ${fault}`, {
        isTransient: false,
      });
    }
    url = target;
  }
  throw new Failure(`it redirects more than ${maxRedirects} times`, { isTransient: false });
}

function redirectTarget({ status, headers }: Reply, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const location = String(headers['location'] ?? '');
  if (location === '' || !URL.canParse(location, url.href)) {
    throw new Failure(`it answers ${status} without a location to go to`, { isTransient: false });
  }
  return new URL(location, url);
}
