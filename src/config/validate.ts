// Turns a schema's first complaint into one sentence that names the key, the value and the way out.
import * as v from 'valibot';
import { isObject, nearestNames, show, UserError } from '../errors.ts';

export interface ValidationOptions {
  readonly keys: readonly string[];
  /** Keys whose values are never shown. */
  readonly secret?: readonly string[];
  /** Keys that are known in another place, with words that complete "… is not a key that this resource knows; …". */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/**
 * Parses `value` by `schema`, whose messages complete the sentence "<key> must be …". Throws a UserError about the
 * first fault, unknown keys first: a mistyped key explains the fault that follows from it.
 */
export function validate<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  name: string,
  options: ValidationOptions,
): v.InferOutput<S> {
  // A string given for `source` can be a URL with its password.
  if (!isObject(value)) throw new UserError(`${name} must be a map of keys and values, not ${kindOf(value)}`);
  refuseUnknownKeys(value, name, options);
  // A missing key is validated like one without a value, so that its own schema says what belongs there.
  const complete = { ...Object.fromEntries(options.keys.map((key) => [key, undefined])), ...value };
  const result = v.safeParse(schema, complete, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const isSecret = options.secret?.includes(String(path[0])) === true;
  const got =
    issue.received === 'undefined'
      ? '; it is missing'
      : isSecret
        ? kindOfSecret(issue.input)
        : `, not ${show(issue.input)}`;
  throw new UserError(
    `${isSecret ? formatSecretPath(name, path, value) : formatPath(name, path)} must be ${issue.message}${got}`,
  );
}

/** `source.regions[0]` for the path `['regions', 0]` under `source`. */
function formatPath(name: string, path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), name);
}

/** `entry 2 of source.headers` for the path `['headers', 'x-key']`: the key is a secret where the space after a colon is missing. */
function formatSecretPath(
  name: string,
  [top = '', key]: readonly (string | number)[],
  value: Readonly<Record<string, unknown>>,
): string {
  if (typeof key !== 'string') return formatPath(name, key === undefined ? [top] : [top, key]);
  const entries = Object.keys(value[top] ?? {});
  return `entry ${entries.indexOf(key) + 1} of ${formatPath(name, [top])}`;
}

/** Says what was given for a secret text, unless that is a text itself. */
function kindOfSecret(value: unknown): string {
  return typeof value === 'string' ? '' : `, not ${kindOf(value)}`;
}

/** What a value is, in YAML's words. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `a ${typeof value}`;
}

function refuseUnknownKeys(value: object, name: string, options: ValidationOptions): void {
  for (const key of Object.keys(value)) {
    if (options.keys.includes(key)) continue;
    // The key is cut at the first character that no key has, since a secret may follow: `url:https://user:password@host`.
    const [start = ''] = /^[\w.-]{0,40}/.exec(key) ?? [];
    const what = `${name}.${start}${start === key ? '' : '\u2026'} is not a key that this resource knows`;
    throw new UserError(`${what}; ${wayOutOf(key, start, name, options)}`);
  }
}

/** What to do about an unknown key, of which `start` may be printed. */
function wayOutOf(key: string, start: string, name: string, { keys, elsewhere }: ValidationOptions): string {
  if (keys.includes(start) && key[start.length] === ':') {
    return `a colon needs a space after it, as in "${start}: value"`;
  }
  const spelled = start.toLowerCase().replaceAll('-', '_');
  if (keys.includes(spelled)) return `did you mean ${name}.${spelled}?`;
  const [outer = '', inner] = spelled.split('.');
  if (inner !== undefined && keys.includes(outer)) return `write it nested, as ${outer}: {${inner}: ...}`;
  if (elsewhere !== undefined && Object.hasOwn(elsewhere, outer)) return `${elsewhere[outer]}`;
  const [meant] = nearestNames(start, keys);
  return meant === undefined ? `the keys are ${keys.join(', ')}` : `did you mean ${name}.${meant}?`;
}
