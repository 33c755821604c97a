// What every form of rules file is read into: candidates, of which `params.address` picks one.
import type { Place } from './json-place.ts';
import type { Direction, Rule } from './rule.ts';

/** Rules that belong together: a list, a security group, a prefix list, a network ACL, a variable. */
export interface Candidate {
  /** What `params.address` may call it. None for a list without a name. */
  readonly names: readonly string[];
  /** What messages call it, where that is not its first name: `apps (sg-f9a7...)`. */
  readonly label?: string;
  /** Set where the first rule that matches decides, so that it cannot be judged together with other candidates. */
  readonly isOrdered?: boolean;
  /** Reads the rules; what the file leaves open makes possible ones. Throws a UserError that names the place of another shape. */
  read(): RuleList;
}

/** The rules of a candidate. */
export interface RuleList {
  /** In the order in which they decide. */
  readonly rules: readonly Rule[];
  /** Set where the form has neither protocols nor ports, so that the verdict says that these were not judged. */
  readonly isWithoutPorts?: boolean;
  /** Set where nobody but AWS can change the rules, so that advice to do so would be of no use. */
  readonly isManagedByAws?: boolean;
  /** When what the file shows was so, if it may have changed since, as the verdict says it: `as of the last refresh`. */
  readonly asOf?: string | undefined;
  /** Sentences for the verdict, whatever its outcome: what the rules are used for. */
  readonly remarks?: readonly string[];
}

/** What a file of some form holds. */
export interface Candidates {
  readonly all: readonly Candidate[];
  /** What is meant without `params.address` although there are several. */
  readonly unnamed?: Candidate;
}

/** A form of JSON that the guard reads. */
export interface JsonForm {
  /** The form in words, as the error for a file of no form lists it. */
  readonly name: string;
  /** Whether content is of this form, be it malformed. */
  recognises(content: unknown): boolean;
  /**
   * Reads content of this form, as far as it is about traffic of that direction; a form without directions is read alike
   * for both. Throws a UserError that names the place of what it cannot read.
   */
  candidates(place: Place, direction: Direction): Candidates;
}
