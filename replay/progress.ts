// How far a replay is, on stderr: a line that is written over on a terminal, now and then a line of its own elsewhere.

/** The part of a stream that progress is written to. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  /** `fraction` of the whole has been read, and `documents` with it. */
  update(fraction: number, documents: number): void;
  /** Removes the line from a terminal. */
  end(): void;
}

export const silentProgress: Progress = { update: () => undefined, end: () => undefined };

/** Milliseconds between two lines, and before the first. */
const pause = { terminal: 100, elsewhere: 5000 };

export function openProgress(screen: Screen, now: () => number = Date.now): Progress {
  const isTTY = screen.isTTY === true;
  let written = now();
  return {
    update: (fraction, documents) => {
      if (now() - written < (isTTY ? pause.terminal : pause.elsewhere)) return;
      written = now();
      const line = `${Math.floor(fraction * 100)} %, ${documents} documents`;
      screen.write(isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    },
    end: () => {
      if (isTTY) screen.write('\r\u001b[K');
    },
  };
}
