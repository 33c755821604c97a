// A name that adds nothing to a selection is told on stderr by whichever command reads the document.
import test from 'ava';
import { check } from '../../src/check.ts';
import type { Log } from '../../src/concourse/log.ts';
import { get } from '../../src/in.ts';
import type { Outside } from '../../src/ip-ranges/outside.ts';
import { inMemoryOutside } from '../helpers/in-memory.ts';
import { documentOf } from '../helpers/ip-ranges.ts';

const document = documentOf(['52.92.0.0/24 S3 us-gov-west-1', '52.92.4.0/24 EC2 us-east-1']);

/** An outside where AWS publishes the document, and the notes that a command leaves there. */
function outsideWithNotes(published = document): { outside: Outside; notes: string[] } {
  const notes: string[] = [];
  const silent = () => undefined;
  const log: Log = { info: silent, debug: silent, error: silent, note: (line) => notes.push(line) };
  return { notes, outside: { ...inMemoryOutside(() => published), log } };
}

test('check and in note a service that is not in the selected regions', async (t) => {
  const source = { services: ['S3', 'EC2'], regions: ['us-gov-west-1'] };
  const expected = ['source.services[1], "EC2", adds nothing to the selection of EC2 + S3, us-gov-west-1'];

  const checked = outsideWithNotes();
  const [version] = await check({ source }, checked.outside);
  t.deepEqual(checked.notes, expected);

  const got = outsideWithNotes();
  await get({ source, version, params: { document: true } }, () => undefined, got.outside);
  t.deepEqual(got.notes, expected);

  const complete = outsideWithNotes();
  await check({ source: { ...source, regions: ['us-*'] } }, complete.outside);
  t.deepEqual(complete.notes, []);
});

test('what is not globally routable is noted by check and in, is a row of the metadata, and is selected', async (t) => {
  const nonsense = documentOf(['52.92.0.0/24 S3 us-gov-west-1', '252.0.0.0/10 S3 us-gov-west-1']);
  const note =
    'not globally routable, and selected all the same, as AWS publishes it: 252.0.0.0/10 (reserved, RFC 1112)';

  const checked = outsideWithNotes(nonsense);
  const [version] = await check({ source: {} }, checked.outside);
  t.deepEqual(checked.notes, [note]);
  t.like(version, { cidrs: '52.92.0.0/24 252.0.0.0/10' });

  const held = outsideWithNotes(nonsense);
  const { metadata } = await get({ source: {}, version }, () => undefined, held.outside);
  t.deepEqual(held.notes, [note]);
  t.is(
    metadata.find(({ name }) => name === 'notGloballyRoutable')?.value,
    '252.0.0.0/10 (reserved, RFC 1112)',
  );
});
