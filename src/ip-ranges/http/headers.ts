// The headers of a request, and who may see those of `source`.
import type { Access } from '../../config/source.ts';
import { credentialsOf, historyUrlOf } from '../../config/url.ts';

/**
 * Headers for a request to `url`, by lower-case name, on the way from `start` over redirects. Those of `source.headers`
 * can be secrets: they go to the hosts that the source names, and to no other that one of them redirects to. So does a
 * user name in a URL.
 */
export function requestHeaders(
  url: URL,
  start: URL,
  access: Access,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers = { 'user-agent': 'aws-ip-ranges-resource', 'accept-encoding': 'gzip, deflate, br', ...own };
  const history = access.historyUrl === undefined ? [] : [historyUrlOf(access.historyUrl, '0')];
  // One host can be named twice, with two users: a redirect on it stays with the one that began.
  const named = [start, access.url, ...history].find(({ origin }) => origin === url.origin);
  if (named === undefined) return headers;
  return { ...headers, ...basicAuthorization(named), ...basicAuthorization(url), ...access.headers };
}

/** The `authorization` of a URL's user name and password, if it has any. */
export function basicAuthorization(url: URL): { authorization?: string } {
  const { user, password } = credentialsOf(url);
  if (user === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
