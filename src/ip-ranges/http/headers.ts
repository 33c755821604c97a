// The headers of a request, and who may see those of `source`.
import type { Access } from '../../config/source.ts';
import { credentialsOf, historyUrlOf } from '../../config/url.ts';

/**
 * Headers for a request to `url`, by lower-case name. Those of `source.headers` can be secrets: they go to the hosts
 * that the source names, and to no other that one of them redirects to. So does a user name in a URL.
 */
export function requestHeaders(
  url: URL,
  access: Access,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers = { 'user-agent': 'aws-ip-ranges-resource', 'accept-encoding': 'gzip, deflate, br', ...own };
  const history = access.historyUrl === undefined ? [] : [historyUrlOf(access.historyUrl, '0')];
  const named = [access.url, ...history].filter(({ origin }) => origin === url.origin);
  if (named.length === 0) return headers;
  // Two paths of a host may ask for different users; a redirect between them names none.
  const withUser = [url, ...named].find(({ username, password }) => username !== '' || password !== '');
  return { ...headers, ...(withUser && basicAuthorization(withUser)), ...access.headers };
}

/** The `authorization` of a URL's user name and password, if it has any. */
export function basicAuthorization(url: URL): { authorization?: string } {
  const { user, password } = credentialsOf(url);
  if (user === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
