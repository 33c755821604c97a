// Makes what the scenarios need in a temporary directory: documents, server, certificate, rules, installed executables.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority } from '../../test/helpers/certificates.ts';
import { type Accountant, openAccountant } from './accountant.ts';
import { type Document, enlarge, millionPrefixes, plainDocument, render } from './documents.ts';
import type { Equipment, Subject } from './measure.ts';
import { startPublisher } from './publisher.ts';
import { nodeVersion, usesGnuTls } from './requirements.ts';
import { rulesFor } from './rules.ts';
import { region, type Setting, type Version } from './scenarios.ts';
import { type Installation, names, resource } from './subjects.ts';

export interface Bench {
  readonly setting: Setting;
  readonly equipment: Equipment;
  /** Where the plain document is from. */
  readonly origin: string;
  /** Bytes of the documents, by how many times the plain one's entries they have. */
  readonly sizes: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

/** Prepares for documents of these sizes. `node` is the image's Node. dist must have been built. */
export async function prepare(node: string, factors: readonly number[]): Promise<Bench> {
  const workspace = await mkdtemp(join(tmpdir(), 'aws-ip-ranges-bench-'));
  const { document, origin } = plainDocument();
  const published = join(workspace, 'published');
  const sizes = await writeDocuments(published, document, factors);
  await writeFile(join(published, 'million.json'), millionPrefixes());
  const authority = await createAuthority();
  const file = join(workspace, 'ca.pem');
  await writeFile(file, `${authority.certificate}\n`);
  const publisher = await startPublisher(published, await authority.issue());
  const accountant = openAccountant();
  const installations = await install(workspace, node);
  const url: Setting['url'] = (scheme, factor) => publisher.url(scheme, fileOf(factor));
  const versions = new Map<number, Version>();
  for (const factor of factors) {
    versions.set(factor, await currentVersion(accountant, installations[0], { url: url('http', factor) }));
  }
  const guard = await writeRules(join(workspace, 'sources'), document);
  const source = { url: url('http', 1), services: guard.services };
  const version = await currentVersion(accountant, installations[0], source);
  // In the document that is made by arithmetic a region has more CIDRs than a version holds by default.
  const oneRegion = { url: url('http', 1), regions: [region], hold_cidrs: 1000 };
  await answer(
    accountant,
    resource(installations[0], 'in', { source, version }),
    join(guard.sources, 'ranges'),
  );
  return {
    setting: {
      installations,
      node,
      url,
      versions,
      held: await currentVersion(accountant, installations[0], oneRegion),
      million: publisher.url('http', 'million.json'),
      authority: { certificate: authority.certificate, file },
      guard,
      canAvoidPause: usesGnuTls(),
    },
    equipment: { accountant, publisher, workspace },
    origin,
    sizes,
    async close() {
      accountant.close();
      publisher.close();
      await rm(workspace, { recursive: true });
    },
  };
}

function fileOf(factor: number): string {
  return `${factor}.json`;
}

async function writeDocuments(
  folder: string,
  document: Document,
  factors: readonly number[],
): Promise<Map<number, number>> {
  await mkdir(folder);
  const sizes = new Map<number, number>();
  for (const factor of factors) {
    const text = render(enlarge(document, factor));
    await writeFile(join(folder, fileOf(factor)), text);
    sizes.set(factor, text.length);
  }
  return sizes;
}

async function writeRules(sources: string, document: Document): Promise<Setting['guard']> {
  await mkdir(join(sources, 'ranges'), { recursive: true });
  await writeFile(join(sources, 'rules.json'), rulesFor(document, 10_000));
  const entries = [...document.prefixes, ...document.ipv6_prefixes];
  return { sources, services: [...new Set(entries.map(({ service }) => service))] };
}

/** The executables as the image has them, and as they were built, both away from this package. */
async function install(workspace: string, node: string): Promise<[Installation, Installation]> {
  const image = join(workspace, 'image');
  await promisify(execFile)(process.execPath, ['--import=tsx', 'tools/install.ts', image, node]);
  const dist = join(workspace, 'dist');
  await cp('dist', dist, { recursive: true });
  return [
    {
      name: names.image,
      argv: (executable) => [join(image, executable)],
      env: {},
    },
    {
      name: `dist on Node ${nodeVersion(process.execPath)}`,
      argv: (executable) => [process.execPath, join(dist, executable)],
      env: {},
    },
  ];
}

async function currentVersion(
  accountant: Accountant,
  installation: Installation,
  source: object,
): Promise<Version> {
  const output = await answer(accountant, resource(installation, 'check', { source }), '');
  const [version] = JSON.parse(output) as [Version];
  return version;
}

async function answer(accountant: Accountant, subject: Subject, directory: string): Promise<string> {
  const { output, errors } = await accountant.run(subject.command(directory));
  if (output === '') throw new Error(errors);
  return output;
}
