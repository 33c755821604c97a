// Lists of CIDRs, kept so small that those of thousands of documents fit in memory: a bit for each CIDR ever seen.
import { type Cidr, compareCidrs } from '../src/addresses/cidr.ts';

/** A list of CIDRs: the bit with the number of each CIDR in it is set. */
export type CidrList = Uint32Array;

export interface CidrTable {
  pack(cidrs: readonly Cidr[]): CidrList;
  /** The CIDRs of `list` that `other` has not, in numeric order. */
  difference(list: CidrList, other: CidrList): Cidr[];
}

export function openCidrTable(): CidrTable {
  const cidrs: Cidr[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (cidr: Cidr) => {
    const known = numbers.get(cidr.text);
    if (known !== undefined) return known;
    const text = detach(cidr.text);
    numbers.set(text, cidrs.length);
    return cidrs.push({ ...cidr, text }) - 1;
  };
  return {
    pack: (list) => {
      const members = list.map(numberOf);
      const bits = new Uint32Array(Math.ceil(cidrs.length / 32));
      for (const number of members) bits[number >> 5] = (bits[number >> 5] ?? 0) | (1 << (number & 31));
      return bits;
    },
    difference: (list, other) =>
      cidrs.filter((_, number) => has(list, number) && !has(other, number)).sort(compareCidrs),
  };
}

function has(list: CidrList, number: number): boolean {
  return ((list[number >> 5] ?? 0) & (1 << (number & 31))) !== 0;
}

/** The same text in memory of its own. A part of a string keeps the whole string in memory, here 2.6 MB a document. */
export function detach(text: string): string {
  return Buffer.from(text).toString();
}
