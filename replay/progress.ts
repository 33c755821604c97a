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

export const silentProgress: Progress = { update: () => undefined, end: () => undefined };

/** Milliseconds between two drawings of the bar. */
const redraw = 100;

/** Milliseconds between two plain lines, and before the first. */
const lineEvery = 5000;

export function openProgress(screen: Screen, now: () => number = Date.now): Progress {
  if (screen.isTTY !== true) {
    let written = now();
    return {
      update: (fraction, documents) => {
        if (now() - written < lineEvery) return;
        written = now();
        screen.write(`${caption(fraction, documents)}\n`);
      },
      end: () => undefined,
    };
  }
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update: (fraction, documents) => {
      if (now() - drawn < redraw) return;
      drawn = now();
      screen.write(`\r\u001b[K${bar(fraction, documents, screen.columns)}`);
    },
    end: () => screen.write('\r\u001b[K'),
  };
}

/** The bar with its caption; without one where there is no room for it. Terminals without a size say 0. */
function bar(fraction: number, documents: number, columns: number | undefined): string {
  const text = caption(fraction, documents);
  const room = (columns || 80) - 1;
  const width = Math.min(40, room - text.length - 3);
  if (width < 5) return text.slice(0, room);
  const filled = Math.round(width * fraction);
  return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${text}`;
}

function caption(fraction: number, documents: number): string {
  return `${Math.floor(fraction * 100)} %, ${documents} documents`;
}
