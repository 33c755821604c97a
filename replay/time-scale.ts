// Time on the horizontal axis of a picture: positions, and ticks at round dates.

export interface TimeScale {
  /** The position of a time in seconds since 1970. */
  x(time: number): number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
}

const day = 24 * 3600;

/** A step between ticks: days, or months where there are any, and the part of an ISO date that names a tick. */
interface Step {
  readonly days: number;
  readonly months?: number;
  readonly label: readonly [start: number, end: number];
}

const steps: readonly Step[] = [
  { days: 1, label: [5, 10] },
  { days: 7, label: [5, 10] },
  { days: 31, months: 1, label: [0, 7] },
  { days: 92, months: 3, label: [0, 7] },
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map(
    (years): Step => ({
      days: years * 366,
      months: years * 12,
      label: [0, 4],
    }),
  ),
];

/** Room that the label of a step takes, with some to the next. */
function labelWidth({ label: [start, end] }: Step): number {
  return (end - start) * 7 + 14;
}

/** The scale from `first` to `last` in seconds since 1970, on the positions from `left` to `right`. */
export function timeScale(first: number, last: number, left: number, right: number): TimeScale {
  // A single moment stands in the middle of two days.
  const margin = first === last ? day : 0;
  const from = first - margin;
  const to = last + margin;
  const x = (time: number) => left + ((time - from) / (to - from)) * (right - left);
  const step = steps.find((candidate) => x(from + candidate.days * day) - left >= labelWidth(candidate));
  const ticks = [];
  for (let time = nextTick(from - 1, step); time <= to; time = nextTick(time, step)) {
    ticks.push({ x: x(time), label: new Date(time * 1000).toISOString().slice(...(step?.label ?? [])) });
  }
  return { x, ticks };
}

/** The first tick after a time; without a step there is none. */
function nextTick(time: number, step: Step | undefined): number {
  if (step === undefined) return Number.POSITIVE_INFINITY;
  const { days, months } = step;
  if (months === undefined) return (Math.floor(time / (days * day)) + 1) * days * day;
  const date = new Date(time * 1000);
  const month = (Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months) + 1) * months;
  return Date.UTC(Math.floor(month / 12), month % 12) / 1000;
}
