/** A column of a table of text. */
export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Longer texts are cut in the middle. */
  readonly most?: number;
}

/** Space between columns. */
const GAP = '  ';

/** A text in at most so many characters: of a long name, beginning and end tell most. */
const shortened = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 3);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
};

/** Rows under their heads, each column as wide as its widest text. Without rows there are no heads. */
export const tableLines = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  if (rows.length === 0) return [];
  const heads = columns.map(({ head }) => head);
  const cells = [heads, ...rows].map((row) =>
    columns.map(({ most = Number.POSITIVE_INFINITY }, i) => shortened(row[i] ?? '', most)),
  );
  const widths = columns.map((_, i) => cells.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 0));
  return cells.map((row) =>
    row
      .map((text, i) => {
        const width = widths[i] ?? 0;
        return columns[i]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
      })
      .join(GAP)
      .trimEnd(),
  );
};
