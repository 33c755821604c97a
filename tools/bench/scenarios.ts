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
  /** The version of S3's list in `region`, which it holds. */
  readonly held: Version;
  /** The URL of a document of a million prefixes. */
  readonly million: string;
  /** The certificate authority of the https server: PEM, and a file that holds it. */
  readonly authority: { readonly certificate: string; readonly file: string };
  /** A directory with rules.json and the ranges of a get, and the services that those rules cover. */
  readonly guard: { readonly sources: string; readonly services: readonly string[] };
  /** Whether this wget can be kept from pausing in a TLS handshake. */
  readonly canAvoidPause: boolean;
}

/** One region, as most sources name it. */
export const region = 'us-gov-west-1';

export type Version = Readonly<Record<'syncToken' | 'createDate' | 'digest', string>>;

/** Names that targets are for. */
export const newInRegion = 'check with something new, one region, http';
export const heldScenario = 'in, held list';
export const documentScenario = 'in with document: true, http';
export const millionScenario = 'check, a million prefixes';
export const guardScenario = 'guard, 10,000 rules, every service';
export const sizesScenario = 'in, documents of any size';

/** Every scenario, in the order of the table. */
export function scenarios(setting: Setting): Scenario[] {
  const version = versionOf(1, setting);
  const old = { ...version, syncToken: String(Number(version.syncToken) - 1) };
  const oldInRegion = { ...setting.held, syncToken: old.syncToken };
  const schemes = ['http', 'https'] as const;
  return [
    ...schemes.map((scheme) => job(`steady check, ${scheme}`, 'check', scheme, version, setting)),
    ...schemes.map((scheme) => job(`check with something new, ${scheme}`, 'check', scheme, old, setting)),
    job(newInRegion, 'check', 'http', oldInRegion, setting, { regions: [region] }),
    ...schemes.map((scheme) => job(`in, ${scheme}`, 'in', scheme, version, setting)),
    job(documentScenario, 'in', 'http', version, setting, {}, { document: true }),
    alone(
      heldScenario,
      'in',
      { source: { url: setting.url('http', 1), regions: [region] }, version: setting.held },
      setting,
    ),
    alone(millionScenario, 'check', { source: { url: setting.million } }, setting),
    guard(setting),
    sizes(setting),
  ];
}

/** The resource as in the image, beside Node with nothing to do: no script does the same. */
function alone(name: string, executable: 'check' | 'in', request: object, setting: Setting): Scenario {
  return {
    name,
    subjects: [resource(setting.installations[0], executable, request), bareNode(setting.node)],
  };
}

/** S3, in all regions unless `more` names one, over http or over https with a private authority. */
function job(
  name: string,
  executable: 'check' | 'in',
  scheme: Scheme,
  version: Version,
  setting: Setting,
  more: { readonly regions?: readonly string[] } = {},
  params: { readonly document?: true } = {},
): Scenario {
  const { installations, authority } = setting;
  const url = setting.url(scheme, 1);
  const isTls = scheme === 'https';
  const source = { url, ...more, ...(isTls && { ca_certs: [authority.certificate] }) };
  const request = { source, version, ...(executable === 'in' && { params }) };
  const onePass = params.document ? 'in-one-pass-document' : `${executable}-one-pass`;
  const trust = isTls ? [`--ca-certificate=${authority.file}`] : [];
  const subjects: Subject[] = [
    ...installations.map((installation) => resource(installation, executable, request)),
    script(names.script, executable, request, trust),
    script(names.onePass, onePass, request, trust),
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
