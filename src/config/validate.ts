// Turns a schema's first complaint into one sentence that names the key, the value and the way out.
import * as v from 'valibot';
import { isObject, show, UserError } from '../errors.ts';
import { nearestNames } from './nearest.ts';

/**
 * Parses `value` by `schema`, whose messages complete the sentence "<key> must be …". Throws a UserError about the
 * first fault, unknown keys first: a mistyped key explains the fault that follows from it.
 * `secret` names keys whose values are never shown.
 */
export function validate<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  name: string,
  options: { keys: readonly string[]; secret?: readonly string[] },
): v.InferOutput<S> {
  // In a string that stands in the place of `source` can be a URL with its password.
  if (!isObject(value)) throw new UserError(`${name} must be a map of keys and values, not ${kindOf(value)}`);
  refuseUnknownKeys(value, name, options.keys);
  // A missing key is validated like one without a value, so that its own schema says what belongs there.
  const complete = { ...Object.fromEntries(options.keys.map((key) => [key, undefined])), ...value };
  const result = v.safeParse(schema, complete, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const isSecret = options.secret?.includes(String(path[0])) === true;
  const isAboutKey = issue.path?.at(-1)?.origin === 'key';
  const got =
    issue.received === 'undefined'
      ? '; it is missing'
      : !isSecret
        ? `, not ${show(issue.input)}`
        : isAboutKey
          ? ''
          : '; its value is not';
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

/** What a value is, in YAML's words. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `a ${typeof value}`;
}

function refuseUnknownKeys(value: object, name: string, keys: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    // What follows a character that no key has can be a secret: `url:https://user:password@host` without a space is a key.
    const [start = ''] = /^[a-z0-9_]{0,40}/i.exec(key) ?? [];
    const what = `${name}.${start}${start === key ? '' : '\u2026'} is not a key that this resource knows`;
    if (keys.includes(start) && key[start.length] === ':') {
      throw new UserError(`${what}; a colon needs a space after it, as in "${start}: value"`);
    }
    const [meant] = nearestNames(start, keys);
    const wayOut = meant === undefined ? `the keys are ${keys.join(', ')}` : `did you mean ${name}.${meant}?`;
    throw new UserError(`${what}; ${wayOut}`);
  }
}
