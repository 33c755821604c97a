// Keys that are right in another place than the one where they stand, each with the words that send it there.

type Words = Readonly<Record<string, string>>;

/** Each of the keys with words that are made of it. */
function all(keys: readonly string[], words: (key: string) => string): Words {
  return Object.fromEntries(keys.map((key) => [key, words(key)]));
}

const inTheStep = 'attempts get get_params inputs no_get passed put resource tags trigger'.split(' ');
const besideSource =
  'check_every check_timeout expose_build_created_by icon name old_name public tags type version webhook_token'.split(
    ' ',
  );
const ofGet = ['terraform', 'security_group', 'document', 'bundle'];
const ofTerraform = ['variable', 'ipv6_variable'];
const ofSecurityGroup = ['ports', 'protocol', 'description', 'log', 'combine'];
const ofPut = ['rules', 'ranges', 'mode', 'direction', 'address'];
const insecure =
  'insecure insecure_skip_verify skip_ssl_validation skip_ssl_verification skip_tls_verification verify_ssl';

/** Keys with which other resources stop verifying certificates. */
const verification = all(
  insecure.split(' '),
  () => 'no setting turns verification off: put the certificate of your CA into source.ca_certs',
);
const inGet = 'it belongs in the params of a get step';
const inPut = 'it belongs in the params of a put step';

/** For keys in `source`. */
export const elsewhereThanSource: Words = {
  ...verification,
  ...all([...inTheStep, 'params'], () => 'it belongs in a get or put step'),
  ...all(besideSource, () => 'it belongs beside source'),
  ...all(ofGet, () => inGet),
  ...all(ofTerraform, (key) => `${inGet}, as terraform: {${key}: ...}`),
  ...all(ofSecurityGroup, (key) => `${inGet}, as security_group: {${key}: ...}`),
  ...all(
    ['ports', 'protocol'],
    (key) => `${inPut}, and in those of a get step as security_group: {${key}: ...}`,
  ),
  ...all(ofPut, () => inPut),
};

/** For keys in the params of a get step; `sourceKeys` are those that `source` has. */
export function elsewhereThanGet(sourceKeys: readonly string[]): Words {
  return {
    ...elsewhereThanParams(sourceKeys),
    ...all(ofTerraform, (key) => `did you mean params.terraform.${key}?`),
    ...all(ofSecurityGroup, (key) => `did you mean params.security_group.${key}?`),
    ip_versions: 'did you mean params.security_group.ip_versions, or source.ip_versions?',
    ...all(ofPut, () => inPut),
  };
}

/** For keys in the params of a put step. */
export function elsewhereThanPut(sourceKeys: readonly string[]): Words {
  return {
    ...elsewhereThanParams(sourceKeys),
    ...all(ofGet, () => inGet),
    ...all(ofTerraform, (key) => `${inGet}, as terraform: {${key}: ...}`),
    ...all(ofSecurityGroup, (key) => `${inGet}, as security_group: {${key}: ...}`),
  };
}

function elsewhereThanParams(sourceKeys: readonly string[]): Words {
  return {
    ...all(sourceKeys, (key) => `did you mean source.${key}?`),
    ...all(['check_every', 'check_timeout', 'icon', 'webhook_token'], () => 'it belongs beside source'),
    ...all([...inTheStep, 'version'], () => 'it belongs beside params, in the step itself'),
    ...verification,
  };
}
