// out: the guard. Do these rules cover every range that AWS publishes for this selection?
import { join } from 'node:path';
import type { RawRequest } from './concourse/request.ts';
import { requireContract } from './config/contract.ts';
import { parseOutParams } from './config/params.ts';
import { parseSource } from './config/source.ts';
import { UserError } from './errors.ts';
import { compareCoverage } from './guard/coverage.ts';
import { readRanges } from './guard/get-directory.ts';
import { readRules } from './guard/read-rules.ts';
import { withRulesFile } from './guard/rules-file.ts';
import { objection, remarksOnSuccess, type Subject, summarize, verdictMetadata } from './guard/verdict.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { metadataOf } from './outputs/metadata.ts';
import { type Response, response } from './outputs/response.ts';

/**
 * Answers a put. `sources` is the directory of the build's sources. Judges by the files of a get alone, so that the
 * version that is emitted is one that check has found. Rejects with a UserError when the rules fail.
 */
export async function put(
  request: RawRequest,
  sources: string,
  outside: Pick<Outside, 'log'>,
): Promise<Response> {
  const source = parseSource(request['source']);
  const params = parseOutParams(request['params']);
  await requireContract(source.contract);
  const {
    rules,
    name,
    isWithoutPorts = false,
    asOf,
    remarks = [],
  } = await withRulesFile(join(sources, params.rules), params.rules, (file) =>
    readRules(file, params.address),
  );
  const { version, selection } = readRanges(join(sources, params.ranges), params.ranges, source);
  const { criteria } = source;
  const traffic = { protocol: params.protocol, ports: params.ports };
  const coverage = compareCoverage(selection, rules, traffic, criteria.ipVersions);
  const subject: Subject = {
    file: params.rules,
    name,
    isWithoutPorts,
    asOf,
    traffic,
    mode: params.mode,
    criteria,
    syncToken: version.syncToken,
    published: selection.length,
  };
  const fault = objection(coverage, subject);
  if (fault !== undefined)
    throw new UserError([fault, ...remarks.map((remark) => `note: ${remark}`)].join('\n  '));
  outside.log.info(summarize(coverage, subject));
  for (const remark of [...remarksOnSuccess(coverage, subject), ...remarks]) outside.log.note(remark);
  // No URL: the ranges came from a directory.
  const metadata = metadataOf({ version, selection, criteria }, undefined);
  return response(version, [...verdictMetadata(coverage, subject), ...metadata]);
}
