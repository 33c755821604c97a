// A name that adds nothing to a selection is told on stderr by whichever command reads the document.
import test from 'ava';
import { check } from '../../src/check.ts';
import type { Log } from '../../src/concourse/log.ts';
import { get } from '../../src/in.ts';
import type { Outside } from '../../src/ip-ranges/outside.ts';
import { documentOf } from '../helpers/ip-ranges.ts';

const document = documentOf(['10.0.0.0/24 S3 us-gov-west-1', '10.0.4.0/24 EC2 us-east-1']);

/** An outside where AWS publishes the document, and the notes that a command leaves there. */
function outsideWithNotes(): { outside: Outside; notes: string[] } {
  const notes: string[] = [];
  const silent = () => undefined;
  const log: Log = { info: silent, debug: silent, error: silent, note: (line) => notes.push(line) };
  return {
    notes,
    outside: {
      log,
      now: () => 1724938990000,
      openDocuments: async () => ({
        published: {
          syncToken: () => Promise.resolve(document.syncToken),
          document: (use) => Promise.resolve(use(document)),
        },
        history: undefined,
      }),
      openMemory: () => ({ recall: () => undefined, remember: () => undefined }),
    },
  };
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
