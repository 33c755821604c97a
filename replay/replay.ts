// npm run replay
import { outputTo } from '../src/concourse/write.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), outputTo(1), outputTo(2));
