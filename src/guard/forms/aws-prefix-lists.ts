// What `aws ec2 get-managed-prefix-list-entries` and `aws ec2 describe-prefix-lists` print: lists without ports.
import { plainName, UserError } from '../../errors.ts';
import type { Candidate, JsonForm, RuleList } from '../form.ts';
import { isEmpty, items, member, type Place, requireKnown, text, where } from '../json-place.ts';
import { allowAt } from '../rule.ts';
import { calledBy, type Items, isOutput, outputItems } from './aws-output.ts';

const entries: Items = {
  key: 'Entries',
  // A list of this name is a variable.
  isItem: (content) => 'Cidr' in content && !Array.isArray(content['Cidr']),
};
const lists: Items = {
  key: 'PrefixLists',
  isItem: (content) => 'PrefixListId' in content && 'PrefixListName' in content,
};

/** The entries of one list, without its name; with --query also their list alone, or one of them. */
export const awsPrefixListEntries: JsonForm = {
  name: 'aws ec2 get-managed-prefix-list-entries',
  recognises: (content) => isOutput(content, entries),
  candidates: (place) => {
    const read = (): RuleList =>
      cidrList(
        outputItems(place, entries).map((entry) => {
          requireKnown(entry, ['Cidr', 'Description'], 'an entry of a prefix list');
          return member(entry, 'Cidr');
        }),
      );
    return { all: [{ names: [], read }] };
  },
};

/** Lists that AWS manages, with their CIDRs. `aws ec2 describe-managed-prefix-lists` prints lists without them. */
export const awsPrefixLists: JsonForm = {
  name: 'aws ec2 describe-prefix-lists',
  recognises: (content) => isOutput(content, lists),
  candidates: (place) => ({ all: outputItems(place, lists).map(readList) }),
};

function readList(list: Place): Candidate {
  const id = member(list, 'PrefixListId');
  if (isEmpty(member(list, 'Cidrs')) && !isEmpty(member(list, 'PrefixListArn'))) {
    throw new UserError(
      `${where(list)} is a prefix list without its entries; use the output of aws ec2 get-managed-prefix-list-entries ` +
        `--prefix-list-id ${plainName(text(id))}`,
    );
  }
  requireKnown(list, ['Cidrs', 'PrefixListId', 'PrefixListName'], 'a prefix list');
  return {
    ...calledBy(list, 'PrefixListId', 'PrefixListName'),
    read: () => ({ ...cidrList(items(member(list, 'Cidrs'))), isManagedByAws: true }),
  };
}

function cidrList(cidrs: readonly Place[]): RuleList {
  return {
    rules: cidrs.map((cidr) => allowAt(cidr)),
    isWithoutPorts: true,
  };
}
