// The keys of a source that select: what each does to the list, and how messages, rules and manifest.json name it. A new key needs
// a schema in config/criteria.ts and a row here.
import type { Choice } from '../config/criteria.ts';
import { cidrOf, type Document } from '../ip-ranges/document.ts';
import { type NameKey, pick } from './names.ts';
import { aggregate, type Selection, subtract } from './selection.ts';

interface SelectingKey {
  /**
   * Its part of the selection in words, with the separator before it; empty where the key leaves the list as it is. A version that
   * holds its list carries the words, so no two selections may have the same ones: every separator has white space in it, which no
   * name has, and each part but the regions' starts with a word of its own.
   */
  readonly words: (choice: Choice) => string;
  /** Its part of the description of a Cloud Foundry rule; none where the CIDR of a rule shows it. */
  readonly ruleWords?: (choice: Choice) => string;
  /** Its value in manifest.json, by which the guard knows the resource again: the same for the same selection. */
  readonly record: (choice: Choice) => unknown;
  /** What makes other CIDRs of the published ones; undefined where the choice leaves them as they are. */
  readonly derive?: (choice: Choice) => Derivation | undefined;
}

/** Makes a selection of another one. */
type Derivation = (selection: Selection, document: Document) => Selection;

/** The row of a key that holds names: they come after `word`, and `ofNone` stands for no names. */
function ofNames(key: NameKey, separator: string, word: string, ofNone = '') {
  return {
    words: ({ [key]: names = [] }) => (names.length === 0 ? ofNone : `${separator}${word}${listed(names)}`),
    ruleWords: ({ [key]: names = [] }) => (names.length === 0 ? '' : `${word}${names.join(', ')}`),
    record: ({ [key]: names = null }) => names,
  } satisfies SelectingKey;
}

/** In the order of the words, which is that in which they are applied. */
const selectingKeys = {
  services: ofNames('services', '', ''),
  exclude_services: {
    ...ofNames('exclude_services', ' ', 'without '),
    derive: ({ exclude_services: services, ...choice }) =>
      services.length === 0
        ? undefined
        : (selection, document) => {
            const excluded = pick(document, { ...choice, services });
            return subtract(
              selection,
              excluded.map((prefix) => cidrOf(prefix, document)),
            );
          },
  },
  regions: ofNames('regions', ', ', '', ', all regions'),
  network_border_groups: ofNames('network_border_groups', ', ', 'border group '),
  ip_versions: {
    words: ({ ip_versions: families }) => (families.length === 1 ? `, IPv${families.join()}` : ''),
    record: ({ ip_versions: families }) => families,
  },
  aggregate: {
    words: (choice) => (choice.aggregate ? ', aggregated' : ''),
    record: (choice) => choice.aggregate,
    derive: (choice) => (choice.aggregate ? aggregate : undefined),
  },
} satisfies Record<keyof Choice, SelectingKey>;

const rows = Object.entries(selectingKeys) as readonly [keyof Choice, SelectingKey][];

/**
 * The choice in words: `S3, us-gov-west-1, IPv4`. Names come in order and once, so that two ways to write a selection have the
 * same words.
 */
export function describe(choice: Choice): string {
  return rows.map(([, { words }]) => words(choice)).join('');
}

/** The same without what is done to the published CIDRs. */
export function describePublished(choice: Choice): string {
  return rows.map(([, { words, derive }]) => (derive === undefined ? words(choice) : '')).join('');
}

/** `AWS S3 us-gov-west-1`: the choice in a Cloud Foundry rule. */
export function describeForRules(choice: Choice): string {
  const parts = rows.map(([, { ruleWords }]) => ruleWords?.(choice) ?? '');
  return ['AWS', ...parts.filter((part) => part !== '')].join(' ');
}

/** The choice as source writes it, in a form that two manifests can be compared by; null stands for all. */
export function selectionRecord(choice: Choice): Readonly<Record<string, unknown>> {
  return Object.fromEntries(rows.map(([key, { record }]) => [key, record(choice)]));
}

/** What makes other CIDRs of the published ones, in order, each with its key. */
export function derivationsOf(choice: Choice): { key: keyof Choice; derive: Derivation }[] {
  return rows.flatMap(([key, row]) => {
    const derive = row.derive?.(choice);
    return derive === undefined ? [] : [{ key, derive }];
  });
}

/** `EC2 + S3` */
export function listed(names: readonly string[]): string {
  return [...new Set(names)].sort().join(' + ');
}
