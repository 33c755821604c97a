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

const units = [
  { form: /^\d{4}$/, next: (date: Date) => date.setUTCFullYear(date.getUTCFullYear() + 1) },
  { form: /^\d{4}-\d\d$/, next: (date: Date) => date.setUTCMonth(date.getUTCMonth() + 1) },
  { form: /^\d{4}-\d\d-\d\d$/, next: (date: Date) => date.setUTCDate(date.getUTCDate() + 1) },
  {
    form: /^\d{4}-\d\d-\d\dT\d\d:\d\dZ?$/,
    next: (date: Date) => date.setUTCMinutes(date.getUTCMinutes() + 1),
  },
  {
    form: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/,
    next: (date: Date) => date.setUTCSeconds(date.getUTCSeconds() + 1),
  },
] as const;

function parseUnit(option: string, text: string): Period {
  if (/^\d{9,11}$/.test(text)) return { from: Number(text), to: Number(text) + 1 };
  const unit = units.find(({ form }) => form.test(text));
  const time = Date.parse(
    unit !== undefined && text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text,
  );
  // A day that its month has not would be taken for one of the next month.
  if (
    unit === undefined ||
    Number.isNaN(time) ||
    !new Date(time).toISOString().startsWith(text.replace('Z', ''))
  ) {
    throw new UserError(
      `${option} is ${show(text)}; it takes 2024, 2024-08, 2024-08-29, 2024-08-29T13:43Z or a syncToken`,
    );
  }
  return { from: time / 1000, to: unit.next(new Date(time)) / 1000 };
}
