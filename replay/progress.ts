// How far a replay is, on stderr: a bar on a terminal, now and then a plain line elsewhere.

/** The part of a stream that progress is written to. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** `fraction` of the whole has been read, and `documents` with it. */
  update(fraction: number, documents: number): void;
  /** Removes the bar. */
  end(): void;
}

/** Milliseconds between two drawings of the bar. */
const redraw = 100;

/** Documents between two plain lines. */
const lineEvery = 500;

export function openProgress(screen: Screen, now: () => number = Date.now): Progress {
  if (screen.isTTY !== true) {
    return {
      update: (fraction, documents) => {
        if (documents % lineEvery === 0) screen.write(`${caption(fraction, documents)}\n`);
      },
      end: () => undefined,
    };
  }
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update: (fraction, documents) => {
      if (now() - drawn < redraw) return;
      drawn = now();
      const text = caption(fraction, documents);
      const width = Math.max(0, Math.min(40, (screen.columns ?? 80) - text.length - 4));
      const filled = Math.round(width * fraction);
      screen.write(`\r\u001b[K[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${text}`);
    },
    end: () => screen.write('\r\u001b[K'),
  };
}

function caption(fraction: number, documents: number): string {
  return `${Math.floor(fraction * 100)} %, ${documents} documents`;
}
