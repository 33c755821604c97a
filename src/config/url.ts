// Which URLs the resource reaches: https anywhere, http only where nobody can listen in, or where that was allowed.

/** Why the URL may not be reached, as the end of the sentence "… must be …", or undefined when it may. */
export function whyNotReachable(url: URL, allowHttp: boolean): string | undefined {
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'an https URL';
  if (allowHttp || isLoopback(url.hostname)) return undefined;
  return 'an https URL (http is for loopback addresses, or for hosts of your own with source.allow_http: true)';
}

/** The URL as it may be printed: without user name, password and query, any of which can be a credential. */
export function withoutSecrets(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?...'}`;
}

/** The text with its escapes decoded; what is no escape stays as it is written. */
export function decodeEscapes(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

const placeholder = '{syncToken}';

/** Whether the text is a URL with `{syncToken}` in its path or query, so that every token has the same host. */
export function isHistoryTemplate(text: string): boolean {
  const [before = ''] = text.split(placeholder, 1);
  return before !== text && URL.canParse(text) && /^[a-z]+:\/\/[^/?#]+[/?]/i.test(before);
}

/** The URL of the document with this token. `template` is one by `isHistoryTemplate`. */
export function historyUrlOf(template: string, syncToken: string): URL {
  return new URL(template.replaceAll(placeholder, syncToken));
}

/** Whether the host of a URL is a loopback address, or `localhost`, which stands for one (RFC 6761, 6.3). */
export function isLoopback(hostname: string): boolean {
  // 127.0.0.0/8, also mapped into IPv6. The URL parser has written each in its one form, and takes no name that ends in a number.
  return /^(localhost\.?|\[::1\]|127(\.\d+){3}|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/.test(hostname);
}
