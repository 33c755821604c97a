// What the file system says, in words: Node's own text starts with a code and names the path as the program had it.
import { messageOf } from '../errors.ts';

/** Each completes the sentence "… cannot be read: …", or "… written". */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of its path is a file, not a directory',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the disk fails',
};

/**
 * Why a file or directory cannot be used, without its path, which the message around it has as the user gave it. Unknown
 * codes keep Node's text; errors of no system call keep their message.
 */
export function fileFault(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return message;
  const code = String(error.code);
  const [, description = message] = /^\w+: (.*), \w+(?: '|$)/s.exec(message) ?? [];
  return words[code] ?? `${description} (${code})`;
}
