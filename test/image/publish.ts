// Publishes a document of the demo on loopback until it is ended; prints the URL. `tsx test/image/publish.ts SYNC_TOKEN`
import { readDocument } from '../../demo/publications.ts';
import { openPublisher } from '../../demo/server.ts';

const { url, publish } = await openPublisher();
publish(readDocument(process.argv[2] ?? ''));
process.stdout.write(`${url}\n`);
