// What `aws ec2 get-managed-prefix-list-entries` and `aws ec2 describe-prefix-lists` print: lists without ports.
import { plainName, UserError } from '../../errors.ts';
import { isEmpty, items, member, requireKnown, text, where } from '../json-place.ts';
import { calledBy, outputForm } from './aws-output.ts';
import { bareRules } from './cidr-lists.ts';

/** The entries of one list, without its name. */
export const awsPrefixListEntries = outputForm({
  command: 'get-managed-prefix-list-entries',
  key: 'Entries',
  // A list of this name is a variable.
  isItem: (content) => 'Cidr' in content && !Array.isArray(content['Cidr']),
  candidates: (entries) => {
    const cidrs = entries.map((entry) => {
      requireKnown(entry, ['Cidr', 'Description'], 'an entry of a prefix list');
      return member(entry, 'Cidr');
    });
    return [{ names: [], read: () => bareRules(cidrs) }];
  },
});

/** Lists that AWS manages, with their CIDRs. `aws ec2 describe-managed-prefix-lists` prints lists without them. */
export const awsPrefixLists = outputForm({
  command: 'describe-prefix-lists',
  key: 'PrefixLists',
  isItem: (content) => 'PrefixListId' in content && 'PrefixListName' in content,
  candidates: (lists) =>
    lists.map((list) => {
      if (isEmpty(member(list, 'Cidrs')) && !isEmpty(member(list, 'PrefixListArn'))) {
        const id = plainName(text(member(list, 'PrefixListId')));
        throw new UserError(
          `${where(list)} is a prefix list without its entries; use the output of aws ec2 get-managed-prefix-list-entries ` +
            `--prefix-list-id ${id}`,
        );
      }
      requireKnown(list, ['Cidrs', 'PrefixListId', 'PrefixListName'], 'a prefix list');
      return {
        ...calledBy(list, 'PrefixListId', 'PrefixListName'),
        read: () => ({ ...bareRules(items(member(list, 'Cidrs'))), isManagedByAws: true }),
      };
    }),
});
