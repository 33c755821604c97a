// Addresses as text: reading them in any notation, and writing them in the canonical one.

/**
 * The IPv4 address in `text[start, end)` as its number, or -1 when it is none. Four decimal numbers without leading
 * zeros: an octet such as 010 is eight to some programs, ten to others.
 */
export function readIpv4(text: string, end: number, start = 0): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === dot) {
      if (digits === 0 || dots === 3) return -1;
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    const digit = code - zero;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + digit;
    if (octet > 255) return -1;
    digits++;
  }
  return dots === 3 && digits > 0 ? ((address << 8) | octet) >>> 0 : -1;
}

/** How an IPv6 address was written: not at all, in some notation, or as RFC 5952 has it. */
export type Notation = 'none' | 'other' | 'canonical';

/**
 * Reads the IPv6 address in `text[start, end)` into eight groups: up to four hexadecimal digits each, one run of zero
 * groups possibly written as `::`. The groups are the caller's, to be used again: a document has thousands of
 * addresses, and memory for each would take longer than reading them. A dotted quad at the end is not read.
 */
export function readIpv6(text: string, end: number, groups: Uint16Array, start = 0): Notation {
  let count = 0;
  let gap = -1;
  let zeros = 0;
  let isCanonical = true;
  let i = start;
  if (end >= start + 2 && text.charCodeAt(start) === colon && text.charCodeAt(start + 1) === colon) {
    gap = 0;
    i = start + 2;
  }
  while (i < end) {
    const from = i;
    let group = 0;
    for (; i < end; i++) {
      const code = text.charCodeAt(i);
      if (code === colon) break;
      const digit = hexDigit(code);
      if (digit === -1) return 'none';
      if (digit > 9 && code < lowerA) isCanonical = false;
      group = group * 16 + digit;
    }
    const digits = i - from;
    if (digits === 0 || digits > 4 || count === 8) return 'none';
    if (digits > 1 && text.charCodeAt(from) === zero) isCanonical = false;
    if (group === 0) zeros++;
    groups[count++] = group;
    if (i === end) break;
    if (++i === end) return 'none';
    if (text.charCodeAt(i) === colon) {
      if (gap !== -1) return 'none';
      gap = count;
      i++;
    }
  }
  if (gap === -1 ? count !== 8 : count > 7) return 'none';
  if (gap !== -1) openGap(groups, gap, count);
  return isCanonical && isGapCanonical(groups, gap, count, zeros) ? 'canonical' : 'other';
}

/** Dotted decimal. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** RFC 5952: lower case, no leading zeros, the first of the longest runs of two or more zero groups is `::`. */
export function formatIpv6(groups: Uint16Array): string {
  const hex = Array.from(groups, (group) => group.toString(16));
  const start = longestZeroRun(groups);
  if (start === -1) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + zeroRun(groups, start)).join(':')}`;
}

const dot = 46;
const zero = 48;
const colon = 58;
const lowerA = 97;

function hexDigit(code: number): number {
  if (code >= zero && code <= zero + 9) return code - zero;
  // The bit that tells lower from upper case.
  const letter = (code | 32) - lowerA;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/** Moves the groups after the gap to the end, and fills it with zeros. */
function openGap(groups: Uint16Array, gap: number, count: number): void {
  for (let i = 7; i >= gap; i--) {
    const from = i - 8 + count;
    groups[i] = from >= gap ? (groups[from] ?? 0) : 0;
  }
}

/** Whether `::` stands for the first of the longest runs of zero groups, and for all of it; `zeros` are written out. */
function isGapCanonical(groups: Uint16Array, gap: number, count: number, zeros: number): boolean {
  // Nearly every address has no other zero group.
  if (zeros === 0) return gap === -1 || count < 7;
  return gap === longestZeroRun(groups) && (gap === -1 || zeroRun(groups, gap) === 8 - count);
}

/** Index of the first of the longest runs of zero groups; -1 when none has two or more. */
function longestZeroRun(groups: Uint16Array): number {
  let start = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    const length = zeroRun(groups, i);
    if (length > longest) {
      start = i;
      longest = length;
    }
    i += length;
  }
  return start;
}

/** How many groups from `start` on are zero. */
function zeroRun(groups: Uint16Array, start: number): number {
  let end = start;
  while (end < 8 && groups[end] === 0) end++;
  return end - start;
}
