// The headers of a request, and who may see those of `source`.
import { credentialsOf } from '../../config/url.ts';

/** Headers that the source gives for one kind of document, by lower-case name. Their values are secrets. */
export interface OwnHeaders {
  /** Where the source has them: `source.headers`. */
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Headers for a request to `url`, by lower-case name, on the way from `start` over redirects. Those of the source can be
 * secrets: they go to the origin that the source names, and to no other that it redirects to. So does a user name in a
 * URL.
 */
export function requestHeaders(
  url: URL,
  start: URL,
  { values }: OwnHeaders,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers = { 'user-agent': 'aws-ip-ranges-resource', 'accept-encoding': 'gzip, deflate, br', ...own };
  if (url.origin !== start.origin) return headers;
  return { ...headers, ...basicAuthorization(start), ...basicAuthorization(url), ...values };
}

/** The `authorization` of a URL's user name and password, if it has any. */
export function basicAuthorization(url: URL): { authorization?: string } {
  const { user, password } = credentialsOf(url);
  if (user === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
