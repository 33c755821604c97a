// The text of a rules file, or why its bytes are none that the guard reads.
import { isUtf8 } from 'node:buffer';
import { show, UserError } from '../errors.ts';

/** The text of a file, without a byte order mark. Throws a UserError for bytes that are no text, and for no bytes. */
export function decode(bytes: Buffer, file: string): string {
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start.startsWith('PK')) {
    throw new UserError(
      `${file} is a ZIP archive; if it is a saved plan, write its JSON with terraform show -json and name that file`,
    );
  }
  if (start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')) {
    throw new UserError(`${file} is UTF-16 text, as PowerShell writes it; convert it to UTF-8`);
  }
  if (!isUtf8(bytes))
    throw new UserError(`${file} is not UTF-8 text; name a file of rules, not a binary one`);
  const text = bytes.toString('utf8').replace(/^\u{feff}/u, '');
  if (text.trim() === '') {
    throw new UserError(
      `${file} is empty: whatever should have written it wrote nothing; a list without rules is written as []`,
    );
  }
  return text;
}

/** The content of JSON. Throws a UserError that tells what the text may be instead. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (/^\s*\{"@/.test(text)) {
      throw new UserError(
        `${file} is the log of terraform plan -json; save the plan with -out and write it with terraform show -json`,
      );
    }
    throw new UserError(
      `${file} starts like JSON but is none, or only a part of it is there (${text.length} characters, the last of ` +
        `them ${show(text.slice(-20))})`,
    );
  }
}
