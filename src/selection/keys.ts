// The keys of a source that select: for each what it does to the list and how it is told, everywhere. Whoever adds a key gives it a
// schema in config/criteria.ts and a row here.
import type { Choice } from '../config/criteria.ts';
import { cidrOf, type Document } from '../ip-ranges/document.ts';
import { pick } from './names.ts';
import { aggregate, type Selection, subtract } from './selection.ts';

interface SelectingKey {
  /**
   * Its part of the selection in words, with what separates it from the part before; nothing where the key leaves the list as it is.
   * A version that holds its list carries the words, so two selections never have the same: every separator has white space in it,
   * which no name has, and each part but the regions' starts with a word of its own.
   */
  readonly words: (choice: Choice) => string;
  /** Its part of the description of a Cloud Foundry rule. */
  readonly ruleWords: (choice: Choice) => string;
  /** Its value in manifest.json, by which the guard knows the resource again: the same for the same selection. */
  readonly record: (choice: Choice) => unknown;
  /** What makes other CIDRs of the published ones; undefined where the choice leaves them as they are. */
  readonly derive?: (choice: Choice) => Derivation | undefined;
}

/** Makes a selection of another one. */
type Derivation = (selection: Selection, document: Document) => Selection;

/** In the order of the words, which is that in which they are applied. */
const selectingKeys = {
  services: {
    words: ({ services }) => list(services.map(serviceName)),
    ruleWords: ({ services }) => services.map(serviceName).join(', '),
    record: ({ services }) => services.map(serviceName),
  },
  exclude_services: {
    words: ({ exclude_services: services }) =>
      services.length === 0 ? '' : ` without ${list(services.map(serviceName))}`,
    ruleWords: ({ exclude_services: services }) =>
      services.length === 0 ? '' : `without ${services.map(serviceName).join(', ')}`,
    record: ({ exclude_services: services }) => services.map(serviceName),
    derive: (choice) =>
      choice.exclude_services.length === 0
        ? undefined
        : (selection, document) => {
            const excluded = pick(document, { ...choice, services: choice.exclude_services });
            return subtract(
              selection,
              excluded.map((prefix) => cidrOf(prefix, document)),
            );
          },
  },
  regions: {
    words: ({ regions }) => `, ${regions === undefined ? 'all regions' : list(regions.map(placeName))}`,
    ruleWords: ({ regions = [] }) => regions.map(placeName).join(', '),
    record: ({ regions }) => regions?.map(placeName) ?? null,
  },
  network_border_groups: {
    words: ({ network_border_groups: groups }) =>
      groups === undefined ? '' : `, border group ${list(groups.map(placeName))}`,
    ruleWords: ({ network_border_groups: groups }) =>
      groups === undefined ? '' : `border group ${groups.map(placeName).join(', ')}`,
    record: ({ network_border_groups: groups }) => groups?.map(placeName) ?? null,
  },
  ip_versions: {
    words: ({ ip_versions: families }) => (families.length === 1 ? `, IPv${families.join()}` : ''),
    // The CIDR of a rule shows it.
    ruleWords: () => '',
    record: ({ ip_versions: families }) => families,
  },
  aggregate: {
    words: (choice) => (choice.aggregate ? ', aggregated' : ''),
    ruleWords: () => '',
    record: (choice) => choice.aggregate,
    derive: (choice) => (choice.aggregate ? aggregate : undefined),
  },
} satisfies Record<keyof Choice, SelectingKey>;

const rows = Object.entries(selectingKeys) as readonly [keyof Choice, SelectingKey][];

/**
 * The choice in words: `S3, us-gov-west-1, IPv4`. Names come in order and once, in the case in which AWS writes them, so that two
 * ways to write a selection have the same words.
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
  const parts = rows.map(([, { ruleWords }]) => ruleWords(choice));
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
export function list(names: readonly string[]): string {
  return [...new Set(names)].sort().join(' + ');
}

/** A service as AWS writes it. */
export function serviceName(service: string): string {
  return service.toUpperCase();
}

/** A region, a border group, or a glob for them, as AWS writes it. */
function placeName(place: string): string {
  return /^global$/i.test(place) ? 'GLOBAL' : place.toLowerCase();
}
