// Durations as Go writes them, which is how Concourse's own settings are written: 90s, 1m30s, 1.5h.

const milliseconds = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** Milliseconds, or undefined when the text is no duration (https://pkg.go.dev/time#ParseDuration, without a sign). */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part)) {
    total += Number(amount) * milliseconds[unit as keyof typeof milliseconds];
  }
  return total;
}
