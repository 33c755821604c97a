// The part of a history that a replay is asked for.
import { show, UserError } from '../src/errors.ts';

/** Seconds since 1970, `from` included and `to` not. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** All of time. */
export const always: Period = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/**
 * From the beginning of `since` to the end of `until`, in UTC: each a year, a month, a day, a time (to the minute or the
 * second), or a syncToken. Throws a UserError for another text, and for an `until` before `since`.
 */
export function parsePeriod(since: string | undefined, until: string | undefined): Period {
  const from = since === undefined ? always.from : parseUnit('--since', since).from;
  const to = until === undefined ? always.to : parseUnit('--until', until).to;
  if (from >= to) throw new UserError(`--until ${until} is before --since ${since}`);
  return { from, to };
}

/** The forms of a time, and how each is moved to the next of its kind. */
const units: readonly (readonly [form: RegExp, next: (date: Date) => number])[] = [
  [/^\d{4}$/, (date) => date.setUTCFullYear(date.getUTCFullYear() + 1)],
  [/^\d{4}-\d\d$/, (date) => date.setUTCMonth(date.getUTCMonth() + 1)],
  [/^\d{4}-\d\d-\d\d$/, (date) => date.setUTCDate(date.getUTCDate() + 1)],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\dZ?$/, (date) => date.setUTCMinutes(date.getUTCMinutes() + 1)],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/, (date) => date.setUTCSeconds(date.getUTCSeconds() + 1)],
];

function parseUnit(option: string, text: string): Period {
  if (/^\d{9,11}$/.test(text)) return { from: Number(text), to: Number(text) + 1 };
  const [, next] = units.find(([form]) => form.test(text)) ?? [];
  const time = Date.parse(text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text);
  // A day that its month has not would be taken for one of the next month.
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.replace('Z', ''));
  if (next === undefined || !isReal) {
    throw new UserError(
      `${option} is ${show(text)}; it takes 2024, 2024-08, 2024-08-29, 2024-08-29T13:43Z or a syncToken`,
    );
  }
  return { from: time / 1000, to: next(new Date(time)) / 1000 };
}
