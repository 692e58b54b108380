/** Longer names are not compared: names come from untrusted programs, and the comparison is quadratic. */
const LONGEST = 64;
/** Edits up to which two names count as similar. */
const MOST_EDITS = 2;

/** Levenshtein distance. */
const editsBetween = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
};

const plain = (name: string): string => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();

/** The candidate that a name is most likely a slip of: equal but for case and punctuation, or a few edits away. */
export const similarName = (name: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let fewest = MOST_EDITS + 1;
  if (name.length > LONGEST) return undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > LONGEST || candidate.length > LONGEST) continue;
    const edits = plain(candidate) === plain(name) ? 0 : editsBetween(name, candidate);
    if (edits < fewest && edits < name.length) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
};
