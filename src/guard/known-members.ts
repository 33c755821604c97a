// No form is a guess: an object of a form has the members that the form knows, and no other.
import { nearestNames, UserError } from '../errors.ts';
import { isObject, type Place, unexpected, where } from './json-place.ts';

/**
 * Throws a UserError for a member that is not among the known ones: what it says of the rules, such as `action: deny`,
 * could turn their meaning around. `what` is the kind of object, for the message.
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
