// What the demo has AWS publish, in order. documents/README.md says what of the documents is real.
import { readFileSync } from 'node:fs';

export interface Publication {
  readonly syncToken: string;
  /** Services and regions whose entries differ from the publication before it. */
  readonly changes: string;
  /** Whether S3 in us-gov-west-1, IPv4, is another list than in the publication before it. */
  readonly isAnotherList: boolean;
}

/** The last document before the day of the incident, and the one of that day. */
export const dayBefore = '1724884996';
export const incidentDay = '1724938990';

/** The publications after the one of the incident: the rest of that week, and two of two years later. */
export const laterPublications: readonly Publication[] = [
  { syncToken: '1725321189', changes: 'AMAZON in us-east-2, us-west-2', isAnotherList: false },
  { syncToken: '1725334989', changes: 'AMAZON in me-south-1', isAnotherList: false },
  { syncToken: '1725342796', changes: 'AMAZON in me-south-1', isAnotherList: false },
  { syncToken: '1787271425', changes: 'S3 in us-gov-west-1, and much else', isAnotherList: true },
  { syncToken: '1787314625', changes: 'EFS in cn-northwest-1, us-gov-west-1', isAnotherList: false },
];

/** S3 in us-gov-west-1, IPv4, on the day of the incident. */
export const fiveRanges = [
  '15.200.28.240/28',
  '15.200.176.128/28',
  '108.175.48.0/22',
  '108.175.56.0/22',
  '136.18.0.0/23',
];

/** What was added to them two years later. */
export const newRanges = ['1.178.30.0/24', '3.2.99.0/24'];

/** The bytes of a publication's document. */
export function readDocument(syncToken: string): Buffer {
  return readFileSync(new URL(`documents/${syncToken}.json`, import.meta.url));
}
