// Archives byte by byte, for those that no tool would write.

export interface TarEntry {
  readonly name: string;
  readonly body?: string | Buffer;
  /** POSIX type flag: `0` file, `1` hard link, `2` link, `3` and `4` devices, `5` directory, `6` fifo, `x` PAX, `L` GNU long name. */
  readonly type?: string;
  readonly linkname?: string;
  /** The first part of a name that is longer than 100 characters. */
  readonly prefix?: string;
  /** The size field as it is written, in the place of the body's length. */
  readonly size?: Buffer;
  /** Written in the place of the right checksum. */
  readonly checksum?: string;
}

/** An uncompressed archive with these entries. */
export function tar(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(block), Buffer.alloc(1024)]);
}

/** The entry that gives the next one a name by a PAX header. */
export function paxName(name: string): TarEntry {
  return paxRecord('path', name);
}

/** A PAX header for the next entry with one record. */
export function paxRecord(key: string, value: string): TarEntry {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return { name: 'PaxHeader', type: 'x', body: `${length}${rest}` };
}

/** The entry that gives the next one a long name as GNU tar does. */
export function gnuName(name: string): TarEntry {
  return { name: '././@LongLink', type: 'L', body: `${name}\0` };
}

function block({
  name,
  body = '',
  type = '0',
  linkname = '',
  prefix = '',
  size,
  checksum,
}: TarEntry): Buffer {
  const content = Buffer.from(body);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  (size ?? Buffer.from(`${content.length.toString(8).padStart(11, '0')}\0`)).copy(header, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(linkname, 157, 100);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
