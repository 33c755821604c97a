// A value in a JSON rules file together with the place where it stands, so that nothing is read by guessing: whatever
// has another shape than the form promises is an error that names the place.
import { isObject, kindOf, nearestNames, plainName, printable, show, UserError } from '../errors.ts';
import type { Doubt } from './rule.ts';

export { isObject, type JsonObject } from '../errors.ts';

/** A value and where it stands. */
export interface Place {
  /** The file's name, for messages. */
  readonly file: string;
  /** The way to the value in it: `aws_security_group.app.egress[0]`; empty for all of it. */
  readonly path: string;
  readonly value: unknown;
  /**
   * Which parts of the value a Terraform plan leaves open until apply, in the form of `after_unknown`: true for all of
   * it, an array or object for those of its members.
   */
  readonly unknown?: unknown;
}

/** The member of an object, which may be absent. Throws a UserError when there is no object. */
export function member(place: Place, key: string): Place {
  const object = required(place, 'an object', isObject);
  const unknown = isObject(place.unknown) ? place.unknown[key] : undefined;
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return { file: place.file, path: place.path === '' ? key : `${place.path}.${key}`, value, unknown };
}

/**
 * Throws a UserError for a member that is not among the known ones, since it could turn the meaning of the rules around, as
 * `action: deny` does. `what` is the kind of object, for the message.
 */
export function requireKnown(place: Place, known: readonly string[], what: string): void {
  if (!isObject(place.value)) throw unexpected(place, 'an object');
  for (const key of Object.keys(place.value)) {
    if (known.includes(key)) continue;
    const [meant] = nearestNames(key, known);
    const wayOut = meant === undefined ? `it knows ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new UserError(
      `${where(place)} has the member ${memberName(key)}, which the guard does not know in ${what} and does not guess; ${wayOut}`,
    );
  }
}

/** A key as a message repeats it: a short one of the characters of names. */
export function memberName(key: string): string {
  return /^[\w./-]{1,64}$/.test(key) ? `"${key}"` : '(a name with other characters)';
}

/** Longest list that the guard reads, which takes it seconds; no firewall or configuration comes near it. */
export const mostItems = 100_000;

/** The items of an array. Throws a UserError for anything else. */
export function items(place: Place): Place[] {
  const array = required(place, 'a list', (value) => Array.isArray(value));
  if (array.length > mostItems) {
    throw new UserError(
      `${where(place)} is a list of ${array.length} items, more than the ${mostItems} that the guard reads; name a file of rules ` +
        'that a firewall takes',
    );
  }
  const unknowns: readonly unknown[] = Array.isArray(place.unknown) ? place.unknown : [];
  return array.map((value: unknown, index) => ({
    file: place.file,
    path: `${place.path}[${index}]`,
    value,
    unknown: unknowns[index],
  }));
}

/** The items of an array; none when there is null in its place. A place without a value is an error. */
export function itemsOrNull(place: Place): Place[] {
  return place.value === null && !isUnknown(place) ? [] : items(place);
}

/** The items of a list that may be missing. */
export function optionalItems(place: Place): Place[] {
  return isEmpty(place) ? [] : items(place);
}

/** Throws a UserError for anything but a string. */
export function text(place: Place): string {
  return required(place, 'a string', (value) => typeof value === 'string');
}

/** Throws a UserError for anything but a whole number from `min` to `max`. */
export function integer(place: Place, min: number, max: number): number {
  const isWithin = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return required(place, `a whole number from ${min} to ${max}`, isWithin);
}

/** The value, which must be there already and of a kind. Throws a UserError for any other. */
function required<T>(place: Place, expected: string, isOfKind: (value: unknown) => value is T): T {
  if (isUnknown(place)) {
    const { reason, wayOut } = unknownDoubt(place);
    throw new UserError(
      `${where(place)} ${reason}, so this plan cannot show what the rules will be; ${wayOut}`,
    );
  }
  if (isOfKind(place.value)) return place.value;
  throw unexpected(place, expected);
}

/** Whether nothing stands there, and nothing will: absent, null, an empty string or an empty list. */
export function isEmpty({ value, unknown }: Place): boolean {
  if (unknown === true) return false;
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** Whether a plan leaves the whole value open until apply. */
export function isUnknown({ unknown }: Place): boolean {
  return unknown === true;
}

/** Why a rule is only possible that a value decides which is unknown until apply. */
export function unknownDoubt(place: Place): Doubt {
  return {
    place: where(place),
    reason: 'is known only after apply',
    wayOut: 'apply what it depends on first, or check the state after the apply',
  };
}

/** The place as a message names it: `plan.json: aws_security_group.app.egress[0]`. */
export function where({ file, path }: Place): string {
  if (path === '') return printable(file);
  return `${printable(file)}${path.startsWith('[') ? '' : ': '}${plainName(path)}`;
}

/** The error for a value that has not the expected shape. */
export function unexpected(place: Place, expected: string): UserError {
  return new UserError(`${where(place)} is ${valueInWords(place.value)} where ${expected} belongs`);
}

/** A value for a message. What is no address and no port may be a secret, so that only its kind is told. */
export function valueInWords(value: unknown): string {
  const isShown =
    typeof value === 'string'
      ? isAddressLike(value)
      : typeof value === 'boolean' || (typeof value === 'number' && Math.abs(value) <= 65535);
  return isShown ? show(value) : kindOf(value);
}

/** What looks like an address or a network, right or wrong, and like ports. */
const addressLike = /^(\d{1,3}(\.\d{1,3}){2,5}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,9})(\/+\d{0,3})?$/i;
const portsLike = /^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*,?$/;

function isAddressLike(text: string): boolean {
  if (text === '' || text.length > 100) return text === '';
  return portsLike.test(text) || text.split(/[-, ]+/).every((part) => addressLike.test(part));
}
