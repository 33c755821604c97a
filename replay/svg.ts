// The parts that a picture is put together from: elements, colours for light and dark, and its outermost element.
import { printable } from '../src/errors.ts';

const sans = 'system-ui,-apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif';
const mono = 'ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace';

/** Room around everything. */
export const margin = 24;

/** What each class is drawn in, on light and on dark ground; the ground is the picture's own. */
const colours: readonly (readonly [selector: string, property: string, light: string, dark: string])[] = [
  ['.ground', 'fill', '#ffffff', '#0d1117'],
  ['.ground,.grid', 'stroke', '#d1d9e0', '#3d444d'],
  ['.read', 'fill', '#eaeef2', '#1b222b'],
  ['text', 'fill', '#1f2328', '#f0f6fc'],
  ['.quiet', 'fill', '#59636e', '#9198a1'],
  ['.syncToken', 'stroke', '#818b98', '#8b949e'],
  ['.cidrs,.added,.removed', 'stroke', '#0969da', '#4493f8'],
  ['.added,.blue', 'fill', '#0969da', '#4493f8'],
  ['.removed,.gap', 'fill', '#ffffff', '#0d1117'],
  ['.listed,.unread,.unsure', 'stroke', '#1a7f37', '#3fb950'],
  ['.note', 'stroke', '#eaeef2', '#1b222b'],
];

const rules = (column: 2 | 3) =>
  colours.map((colour) => `${colour[0]}{${colour[1]}:${colour[column]}}`).join('');

const style =
  `text{font:12px ${sans};font-variant-numeric:tabular-nums}` +
  `.mono{font-family:${mono}}.title{font-size:18px;font-weight:600}.total{font-size:15px;font-weight:600}` +
  '.small{font-size:11px}.middle{text-anchor:middle}' +
  'path{fill:none}.grid{stroke-width:1}.listed{stroke-width:5}.unread{stroke-width:1.5}' +
  '.unsure{stroke-width:2;stroke-dasharray:2 2}.added,.removed{stroke-width:2}' +
  '.note{stroke-width:4;paint-order:stroke}' +
  `${rules(2)}@media (prefers-color-scheme:dark){${rules(3)}}`;

/** The whole picture. `title` and `description` are for those who cannot see it. */
export function svg(
  width: number,
  height: number,
  title: string,
  description: string,
  content: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeText(title)}</title>`,
    `<desc id="description">${escapeText(description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>`,
    ...content,
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, className: string, content: string): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${className}">${escapeText(content)}</text>`;
}

/** Horizontal lines, all in one element. */
export function strokes(
  className: string,
  lines: readonly (readonly [x1: number, x2: number, y: number])[],
  width?: number,
): string[] {
  if (lines.length === 0) return [];
  const path = lines.map(([x1, x2, y]) => `M${round(x1)} ${round(y)}H${round(x2)}`).join('');
  const thickness = width === undefined ? '' : ` stroke-width="${round(width)}"`;
  return [`<path class="${className}"${thickness} d="${path}"/>`];
}

/** Vertical lines of a width, all in one element. */
export function verticals(
  className: string,
  lines: readonly (readonly [x: number, y1: number, y2: number])[],
  width: number,
): string[] {
  if (lines.length === 0) return [];
  const path = lines.map(([x, y1, y2]) => `M${round(x)} ${round(y1)}V${round(y2)}`).join('');
  return [`<path class="${className}" stroke-width="${round(width)}" d="${path}"/>`];
}

export function vertical(className: string, x: number, y1: number, y2: number): string {
  return `<path class="${className}" d="M${round(x)} ${round(y1)}V${round(y2)}"/>`;
}

export function circle(className: string, x: number, y: number): string {
  return `<circle class="${className}" cx="${round(x)}" cy="${round(y)}" r="4"/>`;
}

export function rectangle(
  className: string,
  x1: number,
  x2: number,
  y1: number,
  y2: number,
  radius = 0,
): string {
  const corner = radius === 0 ? '' : ` rx="${radius}"`;
  return `<rect class="${className}" x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}"${corner}/>`;
}

/** `1 build`, `5,269 builds` */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

function round(position: number): string {
  return String(Math.round(position * 100) / 100);
}

function escapeText(content: string): string {
  return printable(content).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
