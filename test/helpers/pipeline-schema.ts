// The form of Concourse's pipelines and tasks (https://concourse-ci.org/docs/pipelines), as far as this project uses it: a key
// that is not here is a typing mistake, or belongs here.
import * as v from 'valibot';

const map = v.record(v.string(), v.unknown());
const names = v.array(v.string());
const artifact = v.strictObject({
  name: v.string(),
  path: v.optional(v.string()),
  optional: v.optional(v.boolean()),
});

/** A task's config. */
export const taskSchema = v.strictObject({
  platform: v.literal('linux'),
  image_resource: v.optional(
    v.strictObject({ type: v.string(), source: v.union([map, v.string()]), version: v.optional(map) }),
  ),
  inputs: v.optional(v.array(artifact), []),
  outputs: v.optional(v.array(artifact), []),
  caches: v.optional(v.array(v.strictObject({ path: v.string() }))),
  params: v.optional(map, {}),
  run: v.strictObject({ path: v.string(), args: v.optional(names, []), dir: v.optional(v.string()) }),
});
export type Task = v.InferOutput<typeof taskSchema>;

/** Steps inside steps are parsed when they are read. */
const hooks = {
  ensure: v.optional(v.unknown()),
  on_success: v.optional(v.unknown()),
  on_failure: v.optional(v.unknown()),
  on_error: v.optional(v.unknown()),
  on_abort: v.optional(v.unknown()),
};
/** A step for each value: https://concourse-ci.org/docs/steps/modifier-and-hooks/across */
const across = v.array(
  v.strictObject({
    var: v.string(),
    values: v.union([v.array(v.unknown()), v.string()]),
    max_in_flight: v.optional(v.union([v.number(), v.literal('all')])),
  }),
);
const common = {
  ...hooks,
  across: v.optional(across, []),
  fail_fast: v.optional(v.boolean()),
  timeout: v.optional(v.string()),
  attempts: v.optional(v.number()),
};

const steps = {
  get: v.strictObject({
    get: v.string(),
    resource: v.optional(v.string()),
    passed: v.optional(names, []),
    params: v.optional(map),
    trigger: v.optional(v.boolean()),
    version: v.optional(v.union([map, v.picklist(['latest', 'every'])])),
    ...common,
  }),
  put: v.strictObject({
    put: v.string(),
    resource: v.optional(v.string()),
    inputs: v.optional(v.union([names, v.picklist(['all', 'detect'])])),
    params: v.optional(map, {}),
    get_params: v.optional(map),
    no_get: v.optional(v.boolean()),
    ...common,
  }),
  task: v.strictObject({
    task: v.string(),
    config: v.optional(taskSchema),
    file: v.optional(v.string()),
    image: v.optional(v.string()),
    privileged: v.optional(v.boolean()),
    vars: v.optional(map),
    params: v.optional(map),
    input_mapping: v.optional(v.record(v.string(), v.string()), {}),
    output_mapping: v.optional(v.record(v.string(), v.string()), {}),
    ...common,
  }),
  load_var: v.strictObject({
    load_var: v.string(),
    file: v.string(),
    format: v.optional(v.string()),
    reveal: v.optional(v.boolean()),
    ...common,
  }),
  in_parallel: v.strictObject({
    in_parallel: v.union([
      v.array(v.unknown()),
      v.strictObject({ steps: v.array(v.unknown()), fail_fast: v.optional(v.boolean()) }),
    ]),
    ...common,
  }),
  do: v.strictObject({ do: v.array(v.unknown()), ...common }),
  try: v.strictObject({ try: v.unknown(), ...common }),
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

/** A pipeline, or the part of one that a page shows. */
export const pipelineSchema = v.strictObject({
  resource_types: v.optional(
    v.array(
      v.strictObject({
        name: v.string(),
        type: v.string(),
        source: map,
        check_every: v.optional(v.string()),
      }),
    ),
    [],
  ),
  resources: v.optional(
    v.array(
      v.strictObject({
        name: v.string(),
        type: v.string(),
        icon: v.optional(v.string()),
        check_every: v.optional(v.string()),
        webhook_token: v.optional(v.string()),
        source: v.optional(map, {}),
      }),
    ),
    [],
  ),
  jobs: v.optional(
    v.array(
      v.strictObject({
        name: v.string(),
        plan: v.array(v.unknown()),
        serial: v.optional(v.boolean()),
        serial_groups: v.optional(names),
        ...hooks,
      }),
    ),
    [],
  ),
});
export type Pipeline = v.InferOutput<typeof pipelineSchema>;
