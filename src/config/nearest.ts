// "Did you mean": the known name that a mistyped one was probably meant to be.
import leven from 'leven';

/**
 * The up to `count` known names nearest to `name`, nearest first, ignoring case. Names that differ in more than
 * about a third of their letters, or one of three, are no guess that helps, and left out.
 */
export function nearestNames(name: string, known: Iterable<string>, count = 1): string[] {
  const wanted = name.toLowerCase();
  const reach = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, distance: leven(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= reach && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
