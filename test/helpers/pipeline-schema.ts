// The form of Concourse's pipelines and tasks (https://concourse-ci.org/docs/pipelines), as far as this project uses it: a key
// that is not here is a typing mistake, or belongs here.
import * as v from 'valibot';

const map = v.record(v.string(), v.unknown());
const names = v.array(v.string());
const text = v.optional(v.string());
const flag = v.optional(v.boolean());
const artifact = v.strictObject({ name: v.string(), optional: flag });

/** A task's config. */
export const taskSchema = v.strictObject({
  platform: v.literal('linux'),
  image_resource: v.optional(v.strictObject({ type: v.string(), source: v.union([map, v.string()]) })),
  inputs: v.optional(v.array(artifact), []),
  outputs: v.optional(v.array(artifact), []),
  caches: v.optional(v.array(v.strictObject({ path: v.string() }))),
  params: v.optional(map, {}),
  run: v.strictObject({ path: v.string(), args: v.optional(names, []), dir: text }),
});
export type Task = v.InferOutput<typeof taskSchema>;

/** Steps inside steps are parsed when they are read. */
const onFailure = v.optional(v.unknown());
const common = {
  on_failure: onFailure,
  /** A step for each value: https://concourse-ci.org/docs/steps/modifier-and-hooks/across */
  across: v.optional(v.array(v.strictObject({ var: v.string(), values: v.string() })), []),
};

const steps = {
  get: v.strictObject({
    get: v.string(),
    resource: text,
    passed: v.optional(names, []),
    params: v.optional(map),
    trigger: flag,
    version: text,
    ...common,
  }),
  put: v.strictObject({
    put: v.string(),
    resource: text,
    inputs: v.optional(names),
    params: v.optional(map, {}),
    no_get: flag,
    ...common,
  }),
  task: v.strictObject({
    task: v.string(),
    config: v.optional(taskSchema),
    file: text,
    image: text,
    privileged: flag,
    params: v.optional(map),
    ...common,
  }),
  load_var: v.strictObject({
    load_var: v.string(),
    file: v.string(),
    format: text,
    reveal: flag,
    ...common,
  }),
  in_parallel: v.strictObject({ in_parallel: v.array(v.unknown()), ...common }),
};

/** A step of a job's plan. */
export type Step = v.InferOutput<(typeof steps)[keyof typeof steps]>;

/** Parses a step by the key that names its kind. Throws an error that names the first fault. */
export function parseStep(value: unknown): Step {
  const keys = Object.keys(v.parse(map, value));
  for (const [kind, schema] of Object.entries(steps)) {
    if (keys.includes(kind)) return parseBy(schema, value);
  }
  throw new Error(`there is no such step: ${JSON.stringify(value)}`);
}

/** The value by a schema. Throws an error that names the first fault and its place. */
export function parseBy<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue)}: ${issue.message}`);
}

const typed = { name: v.string(), type: v.string(), check_every: text };

/** A pipeline, or the part of one that a page shows. */
export const pipelineSchema = v.strictObject({
  resource_types: v.optional(v.array(v.strictObject({ ...typed, source: map })), []),
  resources: v.optional(
    v.array(v.strictObject({ ...typed, icon: text, webhook_token: text, source: v.optional(map, {}) })),
    [],
  ),
  jobs: v.optional(
    v.array(
      v.strictObject({
        name: v.string(),
        plan: v.array(v.unknown()),
        serial: flag,
        serial_groups: v.optional(names),
        on_failure: onFailure,
      }),
    ),
    [],
  ),
});
export type Pipeline = v.InferOutput<typeof pipelineSchema>;
