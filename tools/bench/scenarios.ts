// What is measured: the jobs, and for each the resource, the scripts that a user would write instead, and bare Node.
import type { Scenario, Subject } from './measure.ts';
import type { Scheme } from './publisher.ts';
import { bareNode, type Installation, names, resource, script, sized } from './subjects.ts';

export interface Setting {
  /** As in the image first. */
  readonly installations: readonly [Installation, ...Installation[]];
  /** The Node of the image. */
  readonly node: string;
  url(scheme: Scheme, factor: number): string;
  /** The documents, by how many times the entries of the plain one they have, with the version of S3's list in each. */
  readonly versions: ReadonlyMap<number, Version>;
  /** The certificate authority of the https server: PEM, and a file that holds it. */
  readonly authority: { readonly certificate: string; readonly file: string };
  /** A directory with rules.json and the ranges of a get, and the services that those rules cover. */
  readonly guard: { readonly sources: string; readonly services: readonly string[] };
  /** Whether this wget can be kept from pausing in a TLS handshake. */
  readonly canAvoidPause: boolean;
}

export type Version = Readonly<Record<'syncToken' | 'createDate' | 'digest', string>>;

export const guardScenario = 'guard, 10,000 rules, every service';
export const sizesScenario = 'in, documents of any size';

/** Every scenario, in the order of the table. */
export function scenarios(setting: Setting): Scenario[] {
  const version = versionOf(1, setting);
  const old = { ...version, syncToken: String(Number(version.syncToken) - 1) };
  const schemes = ['http', 'https'] as const;
  return [
    ...schemes.map((scheme) => job(`steady check, ${scheme}`, 'check', scheme, version, setting)),
    ...schemes.map((scheme) => job(`check with something new, ${scheme}`, 'check', scheme, old, setting)),
    ...schemes.map((scheme) => job(`in, ${scheme}`, 'in', scheme, version, setting)),
    guard(setting),
    sizes(setting),
  ];
}

/** The default source, S3 in all regions, over http or over https with a private authority. */
function job(
  name: string,
  executable: 'check' | 'in',
  scheme: Scheme,
  version: Version,
  setting: Setting,
): Scenario {
  const { installations, authority } = setting;
  const url = setting.url(scheme, 1);
  const isTls = scheme === 'https';
  const request = { source: { url, ...(isTls && { ca_certs: [authority.certificate] }) }, version };
  const trust = isTls ? [`--ca-certificate=${authority.file}`] : [];
  const subjects: Subject[] = [
    ...installations.map((installation) => resource(installation, executable, request)),
    script(names.script, executable, request, trust),
    script(names.onePass, `${executable}-one-pass`, request, trust),
    bareNode(setting.node),
  ];
  // wget with GnuTLS sends a record for old middleboxes, and on loopback then waits 40 ms for its acknowledgement.
  if (isTls && setting.canAvoidPause) {
    const options = [...trust, '--ciphers=NORMAL:%DISABLE_TLS13_COMPAT_MODE'];
    subjects.splice(-1, 0, script(names.withoutPause, executable, request, options));
  }
  return { name, subjects };
}

function guard(setting: Setting): Scenario {
  const { sources, services } = setting.guard;
  const source = { url: setting.url('http', 1), services };
  const request = { source, params: { rules: 'rules.json', ranges: 'ranges', mode: 'exact' } };
  const subjects = setting.installations.map((installation) =>
    resource(installation, 'out', request, sources),
  );
  return { name: guardScenario, subjects: [...subjects, bareNode(setting.node)] };
}

function sizes(setting: Setting): Scenario {
  const subjects = [...setting.versions.keys()].flatMap((factor) => {
    const request = {
      source: { url: setting.url('http', factor) },
      version: versionOf(factor, setting),
    };
    return [
      sized(resource(setting.installations[0], 'in', request), factor),
      sized(script(names.script, 'in', request, []), factor),
    ];
  });
  return { name: sizesScenario, subjects };
}

function versionOf(factor: number, { versions }: Setting): Version {
  const version = versions.get(factor);
  if (version === undefined) throw new Error(`there is no document of ${factor} times the size`);
  return version;
}
