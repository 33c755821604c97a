// Keys that are right in another place than the one where they stand, each with the words that send it there.

const verification = 'no setting turns verification off: put the certificate of your CA into source.ca_certs';
const besideSource = 'it belongs beside source';
const inTheStep = 'it belongs beside params, in the step itself';
const inGet = 'it belongs in the params of a get step';
const inPut = 'it belongs in the params of a put step';
const inTerraform = `${inGet}, as terraform: {KEY: ...}`;
const inSecurityGroup = `${inGet}, as security_group: {KEY: ...}`;
const below = (map: string) => `did you mean params.${map}.KEY?`;

type Words = string | undefined;

/** Keys, and the words for each in the source, in the params of a get step and in those of a put step; KEY stands for the key. */
type Row = readonly [keys: string, source?: Words, get?: Words, put?: Words];

const rows: readonly Row[] = [
  // With these, other resources stop verifying certificates.
  ['insecure insecure_skip_verify verify_ssl', verification, verification, verification],
  ['skip_ssl_validation skip_ssl_verification', verification, verification, verification],
  ['skip_tls_verification', verification, verification, verification],
  ['attempts get get_params inputs no_get', 'it belongs in a get or put step', inTheStep, inTheStep],
  ['passed put resource trigger', 'it belongs in a get or put step', inTheStep, inTheStep],
  ['params', 'it belongs in a get or put step'],
  ['tags version', besideSource, inTheStep, inTheStep],
  ['check_every check_timeout expose_build_created_by icon', besideSource, besideSource, besideSource],
  ['name old_name public type webhook_token', besideSource, besideSource, besideSource],
  ['terraform security_group document bundle', inGet, undefined, inGet],
  ['variable ipv6_variable', inTerraform, below('terraform'), inTerraform],
  ['description log combine', inSecurityGroup, below('security_group'), inSecurityGroup],
  [
    'ports protocol',
    `${inPut}, and in those of a get step as security_group: {KEY: ...}`,
    below('security_group'),
  ],
  [
    'skip_document',
    undefined,
    'in writes ip-ranges.json and prefixes.json only with params.document: true; set that where a task reads one of the two',
  ],
  ['ip_versions', undefined, `${below('security_group').slice(0, -1)}, or source.KEY?`],
  ['rules ranges mode direction address', inPut, inPut],
];

/** What a key in this place should be told, if it is known in another one. */
export function misplaced(key: string, place: 'source' | 'get' | 'put'): string | undefined {
  const row = rows.find(([keys]) => keys.split(' ').includes(key));
  return row?.[{ source: 1, get: 2, put: 3 }[place]]?.replaceAll('KEY', key);
}
