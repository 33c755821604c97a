// Which resources may an id come from that is unknown until apply?
//
// An unknown value comes from something unknown, and the configuration lists what an expression refers to. It does not
// show the expression, so what follows must hold for every expression with these references.
import { argument, dataInput, forEach, output, type Scoped } from './configuration.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** Where an unknown id may come from. */
export interface Origins {
  /** Instances whose id the expression refers to by name: `aws_security_group.app[0].id`. */
  readonly direct: readonly Resource[];
  /** Blocks that it refers to as a whole, so that it may pick from the instances: `aws_security_group.app`. */
  readonly blocks: readonly (readonly Resource[])[];
  /** The references to `each`, `count` and variables beside them, which may pick one. */
  readonly keys: readonly string[];
  /** It refers to something that may hold any id: a local, another attribute, a resource of another type. */
  readonly isOpen: boolean;
  /** Of what may hold any id, something is no local and no variable, so it may be unknown itself and choose. */
  readonly isUnsure: boolean;
  /** A module's output or a terraform_data lies between, which may choose. */
  readonly isIndirect: boolean;
}

const nowhere: Origins = {
  direct: [],
  blocks: [],
  keys: [],
  isOpen: false,
  isUnsure: false,
  isIndirect: false,
};
const anywhere: Origins = { ...nowhere, isOpen: true, isUnsure: true };
const local: Origins = { ...nowhere, isOpen: true };

/** Steps through modules for one id. Configurations take a few; a malformed file could go in circles, or branch without end. */
const mostSteps = 200;

interface Budget {
  steps: number;
}

/** Where the id may come from that an attribute of a resource is set to; `targets` are the resources that it may name. */
export function originsOf(
  file: TerraformFile,
  resource: Resource,
  references: readonly string[] | undefined,
  targets: readonly Resource[],
): Origins {
  if (references === undefined) return anywhere;
  const budget = { steps: mostSteps };
  const found = follow(file, { module: resource.module, references }, targets, budget);
  const usesValue = found.keys.some((key) => key.startsWith('each.value'));
  // The value of each is an index where a block is picked from, and otherwise may be the id itself.
  if (!usesValue || (found.blocks.length > 0 && found.direct.length === 0)) return found;
  const expression = forEach(file, resource);
  const list = expression?.['references'];
  if (!Array.isArray(list)) return { ...found, isOpen: found.isOpen || found.direct.length === 0 };
  const names = list.filter((item) => typeof item === 'string');
  return merge([found, follow(file, { module: resource.module, references: names }, targets, budget)]);
}

/** The instances that an id may come from, each once. */
export function candidatesOf({ direct, blocks }: Origins): Resource[] {
  return [...new Set([...direct, ...blocks.flat()])];
}

function follow(file: TerraformFile, scoped: Scoped, targets: readonly Resource[], budget: Budget): Origins {
  if (budget.steps-- <= 0) return anywhere;
  const heads = headsOf(scoped.references);
  const found = merge(heads.map((head) => origin(file, scoped.module, head, targets, budget)));
  // A variable beside other references may choose between them.
  const choosing = heads.length > 1 ? heads.filter((head) => head.startsWith('var.')) : [];
  return { ...found, keys: [...found.keys, ...choosing] };
}

function merge(all: readonly Origins[]): Origins {
  return {
    direct: all.flatMap(({ direct }) => direct),
    blocks: all.flatMap(({ blocks }) => blocks),
    keys: all.flatMap(({ keys }) => keys),
    isOpen: all.some(({ isOpen }) => isOpen),
    isUnsure: all.some(({ isUnsure }) => isUnsure),
    isIndirect: all.some(({ isIndirect }) => isIndirect),
  };
}

/** `a.b[0].id` is listed together with `a.b[0]` and `a.b`, from the longest to the shortest: only the first says more. */
function headsOf(references: readonly string[]): string[] {
  const heads: string[] = [];
  let last = '';
  for (const reference of references) {
    const isPart = reference.length < last.length && /^[.[]/.test(last.slice(reference.length));
    if (!isPart || !last.startsWith(reference)) heads.push(reference);
    last = reference;
  }
  return heads;
}

const index = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`;
const resourceReference = new RegExp(`^((?:data\\.)?[a-z]\\w*\\.[\\w-]+)(${index})?(.*)$`);
const moduleReference = new RegExp(`^(module\\.[\\w-]+(?:${index})?)\\.([\\w-]+)$`);

function origin(
  file: TerraformFile,
  module: string,
  head: string,
  targets: readonly Resource[],
  budget: Budget,
): Origins {
  if (/^(?:path|terraform)\./.test(head)) return nowhere;
  if (/^(?:each|count)\./.test(head)) return { ...nowhere, keys: [head] };
  if (/^local\./.test(head)) return local;
  // The variables of the root module are known when a plan is made.
  if (module === '' && /^var\./.test(head)) return nowhere;
  const variable = /^var\.([\w-]+)(\.id)?$/.exec(head)?.[1];
  if (variable !== undefined) return through(file, argument(file, module, variable), targets, budget);
  const called = moduleReference.exec(head);
  if (called !== null) {
    const [, child = '', name = ''] = called;
    const found = through(file, output(file, module, child, name), targets, budget);
    return { ...found, isIndirect: true };
  }
  const [, block, key = '', rest] = resourceReference.exec(head) ?? [];
  if (block === undefined || /^(?:var|module)\./.test(block)) return anywhere;
  if (block.startsWith('terraform_data.') && /^\.output\b/.test(rest ?? '')) {
    return { ...through(file, dataInput(file, module, block), targets, budget), isIndirect: true };
  }
  const instances = targets.filter(
    (target) => target.module === module && target.local.startsWith(block) && isInstance(target, block, key),
  );
  if (instances.length === 0) return anywhere;
  if (rest === '') return { ...nowhere, blocks: [instances] };
  return rest === '.id' && instances.length === 1 ? { ...nowhere, direct: instances } : anywhere;
}

/** Follows an id into another module. A key of that module's call is not the resource's, so it may choose. */
function through(
  file: TerraformFile,
  scoped: Scoped | undefined,
  targets: readonly Resource[],
  budget: Budget,
): Origins {
  if (scoped === undefined) return anywhere;
  const found = follow(file, scoped, targets, budget);
  if (found.keys.length === 0) return found;
  const isOpen = found.isOpen || found.keys.some((key) => key.startsWith('each.value'));
  return { ...found, keys: [], isIndirect: true, isOpen };
}

/** Whether a target is the instance of a block with that index, or any instance of it where no index is given. */
function isInstance(target: Resource, block: string, key: string): boolean {
  return key === ''
    ? target.local === block || target.local.startsWith(`${block}[`)
    : target.local === block + key;
}
