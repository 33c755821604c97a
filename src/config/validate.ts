// Turns a schema's first complaint into one sentence that names the key, the value and the way out.
import * as v from 'valibot';
import { isObject, kindOf, nearestNames, show, UserError } from '../errors.ts';

interface ValidationOptions {
  /** Keys whose values are never shown. */
  readonly secret?: readonly string[];
  /** Words for a key that is known in another place; they complete "… is not a key that this resource knows; …". */
  readonly elsewhere?: (key: string) => string | undefined;
}

/**
 * Parses `value` by `schema`, whose messages complete the sentence "<key> must be …". Throws a UserError about the
 * first fault, unknown keys first: a mistyped key explains the fault that follows from it.
 */
export function validate<E extends v.ObjectEntries>(
  schema: v.ObjectSchema<E, undefined>,
  value: unknown,
  name: string,
  { secret = [], elsewhere = () => undefined }: ValidationOptions = {},
): v.InferOutput<typeof schema> {
  // A string given for `source` can be a URL with its password.
  if (!isObject(value)) throw new UserError(`${name} must be a map of keys and values, not ${kindOf(value)}`);
  const keys = Object.keys(schema.entries);
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw unknownKey(key, name, keys, elsewhere);
  }
  // A missing key is validated like one without a value, so that its own schema says what belongs there.
  const complete = { ...Object.fromEntries(keys.map((key) => [key, undefined])), ...value };
  const result = v.safeParse(schema, complete, { abortEarly: true });
  if (result.success) return result.output;
  const { message, received, input, path = [] } = result.issues[0];
  const [top = '', inner] = path.map((item) => item.key);
  const given = secret.includes(String(top)) ? kindOfSecret(input) : `, not ${show(input)}`;
  throw new UserError(
    `${placeOf(name, String(top), inner, value)} must be ${message}${received === 'undefined' ? '; it is missing' : given}`,
  );
}

/** A text that passes the test; `message` says what belongs there. */
export function text(message: string, isRight: (text: string) => boolean) {
  return v.pipe(v.string(message), v.check(isRight, message));
}

/** A whole number from `least` on. */
export function wholeNumber(message: string, least: number) {
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message));
}

/** true or false; false when it is left out. */
export const flag = v.optional(v.boolean('true or false'), false);

/** The schema of a map below a key, which is validated as a map of its own: unknown keys first. */
export function mapOf<E extends v.ObjectEntries>(schema: v.ObjectSchema<E, undefined>, name: string) {
  return v.pipe(
    v.unknown(),
    v.transform((value) => validate(schema, value, name)),
  );
}

/** `source.regions[0]`, or `entry 2 of source.headers`: a header's key is a secret where the space after its colon is missing. */
function placeOf(
  name: string,
  top: string,
  inner: unknown,
  value: Readonly<Record<string, unknown>>,
): string {
  const place = `${name}.${top}`;
  if (inner === undefined) return place;
  if (typeof inner === 'number') return `${place}[${inner}]`;
  return `entry ${Object.keys(value[top] ?? {}).indexOf(String(inner)) + 1} of ${place}`;
}

/** The end of the message about a secret key: the kind of the value, unless it is a string as it should be. */
function kindOfSecret(value: unknown): string {
  return typeof value === 'string' ? '' : `, not ${kindOf(value)}`;
}

function unknownKey(
  key: string,
  name: string,
  keys: readonly string[],
  elsewhere: (key: string) => string | undefined,
): UserError {
  // The key is cut at the first character that no key has, since a secret may follow: `url:https://user:password@host`.
  const [start = ''] = /^[\w.-]{0,40}/.exec(key) ?? [];
  const cut = start === key ? '' : '\u2026';
  const wayOut = () => {
    if (keys.includes(start) && key[start.length] === ':') {
      return `a colon needs a space after it, as in "${start}: value"`;
    }
    const spelled = start.toLowerCase().replaceAll('-', '_');
    if (keys.includes(spelled)) return `did you mean ${name}.${spelled}?`;
    const [outer = '', inner] = spelled.split('.');
    if (inner !== undefined && keys.includes(outer)) return `write it nested, as ${outer}: {${inner}: ...}`;
    const [meant] = nearestNames(start, keys);
    const guess = meant === undefined ? `the keys are ${keys.join(', ')}` : `did you mean ${name}.${meant}?`;
    return elsewhere(outer) ?? guess;
  };
  return new UserError(`${name}.${start}${cut} is not a key that this resource knows; ${wayOut()}`);
}
