// Turns a schema's first complaint into one sentence that names the key, the value and the way out.
import * as v from 'valibot';
import { show, UserError } from '../errors.ts';
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
  if (!isMap(value)) throw new UserError(`${name} must be a map of keys and values, not ${show(value)}`);
  refuseUnknownKeys(value, name, options.keys);
  // A missing key is validated like one without a value, so that its own schema tells what belongs there.
  const complete = { ...Object.fromEntries(options.keys.map((key) => [key, undefined])), ...value };
  const result = v.safeParse(schema, complete, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const isSecret = path.some((key) => options.secret?.includes(String(key)));
  const got =
    issue.received === 'undefined'
      ? 'it is missing'
      : isSecret
        ? 'its value is not'
        : `not ${show(issue.input)}`;
  throw new UserError(
    `${formatPath(name, path)} must be ${issue.message}${got.startsWith('not') ? ', ' : '; '}${got}`,
  );
}

/** `source.regions[0]` for the path `['regions', 0]` under `source`. */
export function formatPath(name: string, path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), name);
}

/** Whether the value is what YAML calls a map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseUnknownKeys(value: object, name: string, keys: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    const [meant] = nearestNames(key, keys);
    const wayOut = meant === undefined ? `the keys are ${keys.join(', ')}` : `did you mean ${name}.${meant}?`;
    throw new UserError(`${name}.${show(key).slice(1, -1)} is not a key that this resource knows; ${wayOut}`);
  }
}
