// The JSON that `terraform show -json` prints of a plan or a state, as far as the guard reads it.
// (https://developer.hashicorp.com/terraform/internals/json-format)
//
// A page for readers: nothing of a file is believed to have these types. The code reads it through json-place.ts, member by
// member, by these names, and whatever has another shape is an error.

/** The whole file: a plan has `planned_values`, a state has `values`, or neither when it is empty. */
export interface ShownFile {
  /** `1.2`. Since 0.12, which has `0.1`. Another major version means another format. */
  readonly format_version: string;
  /** A state's resources. */
  readonly values?: Values;
  /** A plan: the managed resources as the apply should leave them, without what it cannot know yet. Empty with -refresh-only. */
  readonly planned_values?: Values;
  /** A plan: one entry for each instance that it decides on, those that stay as they are included. Absent with -refresh-only. */
  readonly resource_changes?: readonly ResourceChange[];
  /** A plan: what a refresh found to be different from the state. Since Terraform 1.0; absent when there is nothing. */
  readonly resource_drift?: readonly ResourceChange[];
  /** A plan: outputs that it changes. Absent when there are none. */
  readonly output_changes?: Readonly<Record<string, unknown>>;
  /** A plan: the state after the refresh, which is where data sources are that could be read. Absent before the first apply. */
  readonly prior_state?: { readonly values?: Values };
  /** A plan: the code, with the names that each expression refers to. */
  readonly configuration?: { readonly root_module: ConfigurationModule };
  /** The plan ended in an error. Since Terraform 1.4. */
  readonly errored?: boolean;
  /** False with -target and with deferred changes. Since Terraform 1.8; never in OpenTofu. */
  readonly complete?: boolean;
  /** Whether there is something to apply. Since Terraform 1.8; never in OpenTofu. */
  readonly applyable?: boolean;
  /** Changes that have to wait for another plan. Since Terraform 1.9. */
  readonly deferred_changes?: readonly unknown[];
}

interface Values {
  readonly root_module?: ShownModule;
}

interface ShownModule {
  /** `module.net["a"]`; absent in the root module. */
  readonly address?: string;
  readonly resources?: readonly ShownResource[];
  readonly child_modules?: readonly ShownModule[];
}

/** What entries of all kinds say about which instance they mean. */
interface Identified {
  /** `module.net["a"].aws_security_group.app[0]`, with keys quoted and escaped as in Terraform's language. */
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  /** The key that `for_each` or `count` gave to the instance; absent without them. */
  readonly index?: string | number;
}

interface ShownResource extends Identified {
  readonly values: Readonly<Record<string, unknown>>;
  /** A state: the next apply replaces it. */
  readonly tainted?: boolean;
  /** A state: the key of a former object that waits for its destruction. */
  readonly deposed_key?: string;
}

interface ResourceChange extends Identified {
  readonly module_address?: string;
  /** Where it was in the state before a `moved` block. Since Terraform 1.1. */
  readonly previous_address?: string;
  /** The key of a former object that waits for its destruction. */
  readonly deposed?: string;
  readonly change: Change;
}

interface Change {
  /**
   * `no-op`, `create`, `read`, `update`, `delete`; a replacement is both in the order in which they happen: `delete, create`, or
   * with create_before_destroy `create, delete`. `forget` (since Terraform 1.7) leaves the object in effect, and `forget, create`
   * makes another beside it.
   */
  readonly actions: readonly string[];
  /** Null for what is created. */
  readonly before: unknown;
  /** Null for what is destroyed. What is unknown is left out. */
  readonly after: unknown;
  /** `true` where something is known only after the apply, in the shape of `after`. */
  readonly after_unknown: unknown;
}

interface ConfigurationModule {
  readonly resources?: readonly ConfigurationResource[];
  readonly module_calls?: Readonly<Record<string, ModuleCall>>;
}

interface ConfigurationResource {
  /** Within its module, without a key. */
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  /** An Expression, or for nested blocks an array of such objects. `dynamic` blocks and `lifecycle` are left out. */
  readonly expressions?: Readonly<Record<string, unknown>>;
  /** Empty, or absent in OpenTofu, where it refers to nothing. */
  readonly count_expression?: Expression;
  readonly for_each_expression?: Expression;
}

interface ModuleCall {
  readonly module?: ConfigurationModule;
  readonly count_expression?: Expression;
  readonly for_each_expression?: Expression;
}

interface Expression {
  /** The value, where the expression is a literal. */
  readonly constant_value?: unknown;
  /** `a.b.id` is followed by `a.b`: each name by what it starts with. */
  readonly references?: readonly string[];
}
