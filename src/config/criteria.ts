// The keys of `source` that select, and those that say what a list may be, as a pipeline writes them.
import * as v from 'valibot';
import { isObject } from '../errors.ts';
import { flag, mapOf, text, wholeNumber } from './validate.ts';

/** Far longer than any name of AWS, and more names than it has: matching needs bounds. */
const longestName = 128;
const mostNames = 500;

const name = (example: string) => {
  const message = `a name such as ${example}`;
  return v.pipe(
    text(message, (name) => /^[\x21-\x7e]+$/.test(name)),
    v.maxLength(longestName, `${message} of at most ${longestName} characters`),
  );
};
const listOfNames = (example: string) => `a list of names such as [${example}]`;
const nameList = (example: string, asAwsWrites: (name: string) => string) =>
  v.pipe(
    v.array(v.pipe(name(example), v.transform(asAwsWrites)), listOfNames(example)),
    v.maxLength(mostNames, `${listOfNames(example)} that has at most ${mostNames}`),
  );
const services = (example: string) => nameList(example, (name) => name.toUpperCase());
const places = nameList('us-gov-west-1', (name) => (/^global$/i.test(name) ? 'GLOBAL' : name.toLowerCase()));
const notEmpty = (example: string) =>
  `${listOfNames(example)} that is not empty (leave the key out for its default)`;
const somePlaces = v.optional(v.pipe(places, v.minLength(1, notEmpty('us-gov-west-1'))));

/** Address families, each once and IPv4 first. */
export const families = v.pipe(
  v.array(v.picklist([4, 6], '4 or 6'), 'a list such as [4] or [4, 6]'),
  v.minLength(1, 'a list such as [4] or [4, 6] that is not empty'),
  v.transform((versions) => ([4, 6] as const).filter((version) => versions.includes(version))),
);

/**
 * What a source picks from a document. Names come out in the case in which AWS writes them, so sources that differ in case alone
 * are equal. One table, selection/keys.ts, says what each key does and how messages name it; it does not compile without a row
 * for each.
 */
export const choiceEntries = {
  services: v.optional(v.pipe(services('S3'), v.minLength(1, notEmpty('S3'))), ['S3']),
  /** Region names or globs; undefined picks all. */
  regions: somePlaces,
  /** The same for network border groups. */
  network_border_groups: somePlaces,
  ip_versions: v.optional(families, [4, 6]),
  /** Services whose address space is subtracted. */
  exclude_services: v.optional(services('EC2'), []),
  /** Whether CIDRs are merged into the fewest that cover the same addresses. */
  aggregate: flag,
};

const quotaMessage = 'a whole number above zero, or one for each family such as {ipv4: 60, ipv6: 60}';
const familyQuotas = v.object({
  ipv4: v.optional(wholeNumber('a whole number above zero', 1)),
  ipv6: v.optional(wholeNumber('a whole number above zero', 1)),
});

/** Bounds of the list. They never change it: a list outside them is an error. */
export const boundEntries = {
  allow_empty: flag,
  /** The most CIDRs that may be selected: of both families together, or of each. */
  max_cidrs: v.optional(
    v.union(
      [
        wholeNumber(quotaMessage, 1),
        v.pipe(
          v.unknown(),
          v.check((quotas) => isObject(quotas) && Object.keys(quotas).length > 0, quotaMessage),
          mapOf(familyQuotas, 'source.max_cidrs'),
        ),
      ],
      quotaMessage,
    ),
  ),
};

type Entries<E extends v.ObjectEntries> = Readonly<v.InferOutput<v.ObjectSchema<E, undefined>>>;

/** The keys that select. */
export type Choice = Entries<typeof choiceEntries>;

/** Those, and the bounds of the list. */
export type Criteria = Choice & Entries<typeof boundEntries>;
