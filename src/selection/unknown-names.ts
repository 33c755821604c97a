// Names that a document does not know: a typing mistake must not empty a list, and a guess must not widen it.
import leven from 'leven';
import type { Choice } from '../config/criteria.ts';
import { firstOf, nearestNames, printable, show, UserError } from '../errors.ts';
import type { Document, Prefix } from '../ip-ranges/document.ts';
import { globMatcher, memberOf, type NameKey, nameMatcher, namesIn } from './names.ts';

/** Names that an error lists where none is near. */
const listed = 60;

/** The service that holds all addresses. */
const everyService = 'AMAZON';

/**
 * Throws a UserError for an item of the source that names nothing in the document, with what was probably meant. Most items name
 * something in what was picked, which is quicker to look through.
 */
export function requireKnownNames(document: Document, choice: Choice, picked: readonly Prefix[]): void {
  for (const key of Object.keys(memberOf) as NameKey[]) {
    const items = choice[key] ?? [];
    const isIn = (names: readonly string[]) => (item: string) => names.some(nameMatcher(key, item));
    if (items.length === 0 || items.every(isIn(namesIn(picked, memberOf[key])))) continue;
    const known = namesIn([...document.ipv4, ...document.ipv6], memberOf[key]);
    const index = items.findIndex((item) => !isIn(known)(item));
    if (index !== -1) throw unknownName(key, index, items[index] ?? '', known);
  }
}

function unknownName(key: NameKey, index: number, name: string, known: readonly string[]): UserError {
  const noun = memberOf[key].replaceAll('_', ' ');
  const what = `source.${key}[${index}] is ${show(name)}, and AWS's document knows no such ${noun}`;
  if (known.length === 0) return new UserError(`${what}: it names no ${noun}s at all`);
  const isService = memberOf[key] === 'service';
  const meant = isService ? servicesNear(name, known) : placesNear(name, known);
  if (meant.length > 0) return new UserError(`${what}; did you mean ${printable(meant.join(' or '))}?`);
  const all =
    isService && known.includes(everyService)
      ? `: it names ${known.length} services (${everyService} holds all addresses, also those of services that it does not name)`
      : '';
  return new UserError(`${what}${all}; the ${noun}s are ${printable(firstOf(known, listed).join(', '))}`);
}

/**
 * The services that a name was meant to be: `AmazonS3` is S3, `EC3` is EC2. None that happens to be spelled alike (RDS is not
 * EBS), and never all of AWS for one of its services: a list that is too wide is worse than no guess.
 */
function servicesNear(name: string, known: readonly string[]): string[] {
  const wanted = plainService(name);
  // Short names of two services differ in a letter: only a wrong digit is a mistake in typing.
  if (wanted.length < 5) {
    return known.filter((service) => withoutDigits(plainService(service)) === withoutDigits(wanted));
  }
  const most = wanted.length < 6 ? 1 : 2;
  return known.filter((service) => leven(plainService(service), wanted) <= most);
}

/** Letters and digits of the name of a service, without the name of its maker. */
function plainService(name: string): string {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return plain.replace(/^(?:AMAZON|AWS)(?=..)/, '');
}

function withoutDigits(name: string): string {
  return name.replace(/\d+/g, '#');
}

/** The regions or border groups that a name was meant to be, or the glob for those that it is a part of: `eu` is `eu-*`. */
function placesNear(name: string, known: readonly string[]): string[] {
  for (const glob of [`${name.toLowerCase()}-*`, `*-${name.toLowerCase()}-*`]) {
    const meant = known.filter(globMatcher(glob));
    if (meant.length > 0 && !/[*?]/.test(name)) return [`${glob} (${firstOf(meant, 6).join(', ')})`];
  }
  return nearestNames(name, known, 3);
}
