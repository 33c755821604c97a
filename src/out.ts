// out: the guard. Do these rules cover every range that AWS publishes for this selection?
import { realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { OutRequest, Response } from './concourse/types.ts';
import { requireContract } from './config/contract.ts';
import { type OutParams, parseOutParams } from './config/params.ts';
import { parseSource } from './config/source.ts';
import { show, UserError } from './errors.ts';
import { compareCoverage } from './guard/coverage.ts';
import { readRanges } from './guard/get-directory.ts';
import { readRules } from './guard/read-rules.ts';
import { readRulesFile } from './guard/rules-file.ts';
import { notesOn, objection, type Subject, summarize } from './guard/verdict.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { response } from './outputs/response.ts';

/**
 * Answers a put. `sources` is the directory of the build's sources. Judges by the files of a get alone, so that the
 * version that is emitted is one that check has found. Rejects with a UserError when the rules fail.
 */
export async function put(
  request: OutRequest,
  sources: string,
  outside: Pick<Outside, 'log' | 'now'>,
): Promise<Response> {
  const source = parseSource(request.source);
  const params = parseOutParams(request.params);
  await requireContract(source.contract);
  requireOther(sources, params);
  const file = readRulesFile(join(sources, params.rules), params.rules);
  const { rules, ...judged } = readRules(file, params.address, params.direction);
  const { version, selection } = readRanges(
    join(sources, params.ranges),
    params.ranges,
    source,
    outside.now(),
  );
  const coverage = compareCoverage(selection, rules, params, source.ip_versions);
  const subject: Subject = {
    ...judged,
    file: params.rules,
    direction: params.direction,
    mode: params.mode,
    traffic: params,
    criteria: source,
    syncToken: version.syncToken,
    published: selection.length,
  };
  const fault = objection(coverage, subject);
  const notes = notesOn(coverage, subject);
  if (fault !== undefined) throw new UserError([fault, ...notes.map((note) => `note: ${note}`)].join('\n  '));
  outside.log.info(summarize(coverage, subject));
  for (const note of notes) outside.log.note(note);
  return response({ version, selection, source });
}

/** Throws a UserError for rules that the get of the ranges wrote itself: a list always covers itself. */
function requireOther(sources: string, { rules, ranges }: OutParams): void {
  let way: string;
  try {
    way = relative(realpathSync(join(sources, ranges)), realpathSync(join(sources, rules)));
  } catch {
    // Where nothing is there, the reader says so in better words.
    return;
  }
  if (/^\.\.(\/|$)/.test(way)) return;
  throw new UserError(
    `params.rules is ${show(rules)}, a file in the directory of params.ranges, ${show(ranges)}: a list always covers itself; ` +
      'name the plan, or what is deployed',
  );
}
