// The history that the repository carries, and the source whose years it shows (demo/README.md).
import { fileURLToPath } from 'node:url';

export const carriedHistory = fileURLToPath(new URL('../demo/history.tar.gz', import.meta.url));

/** A source as a pipeline writes it. */
export const carriedSource = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };
