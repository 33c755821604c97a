// How the demo ends when something is not as it says.

/** An executable that does not behave as the demo says, or that cannot be run. The message is for a person. */
export class DemoFailure extends Error {
  override name = 'DemoFailure';
}

/** Throws a DemoFailure with the message unless `holds`. */
export function expect(holds: boolean, message: string): asserts holds {
  if (!holds) throw new DemoFailure(message);
}
