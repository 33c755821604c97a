// What the demo has AWS publish, in order. documents/README.md says what of the documents is real.
import { readFileSync } from 'node:fs';

/** The syncToken of the last document before the day of the incident, and of the one of that day. */
export const dayBefore = '1724884996';
export const incidentDay = '1724938990';

/** The publications after the one of the incident: the rest of that week, and two of two years later. */
export const laterPublications = ['1725321189', '1725334989', '1725342796', '1787271425', '1787314625'];

/** S3 in us-gov-west-1, IPv4, on the day of the incident. */
export const fiveRanges = [
  '15.200.28.240/28',
  '15.200.176.128/28',
  '108.175.48.0/22',
  '108.175.56.0/22',
  '136.18.0.0/23',
];

/** What 1787271425 adds to them. */
export const newRanges = ['1.178.30.0/24', '3.2.99.0/24'];

/** The bytes of a publication's document. */
export function readDocument(syncToken: string): Buffer {
  return readFileSync(`demo/documents/${syncToken}.json`);
}
