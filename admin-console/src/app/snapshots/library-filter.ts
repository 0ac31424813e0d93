import type { Snapshot } from '../api/models';

/** What a person looks for among snapshots; an empty field asks nothing. */
export interface LibraryFilter {
  search: string;
  vertical: string;
  language: string;
  type: string;
  state: string;
}

/** What may be wrong with a snapshot, or missing. */
export const LIBRARY_STATES: { state: string; label: string; of: (snapshot: Snapshot) => boolean }[] = [
  { state: 'here', label: 'Still in HighLevel', of: ({ gone }) => !gone },
  { state: 'gone', label: 'Gone from HighLevel', of: ({ gone }) => gone },
  { state: 'bare', label: 'Not described yet', of: ({ annotatedAt }) => annotatedAt === null },
  { state: 'failed', label: 'Failed to load somewhere', of: ({ loads }) => loads.failed > 0 },
];

/** The snapshots that fit. Accents and case make no difference, and each word of the search has to be somewhere. */
export function matching(items: readonly Snapshot[], filter: Partial<LibraryFilter>): Snapshot[] {
  const words = plain(filter.search ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const state = LIBRARY_STATES.find((each) => each.state === filter.state);
  return items.filter(
    (item) =>
      (!filter.vertical || item.vertical === filter.vertical) &&
      (!filter.language || item.language === filter.language) &&
      (!filter.type || item.type === filter.type) &&
      (!state || state.of(item)) &&
      words.every((word) => textOf(item).includes(word)),
  );
}

export const verticalsOf = (items: readonly Snapshot[]): string[] =>
  [...new Set(items.flatMap(({ vertical }) => vertical ?? []))].sort((a, b) => a.localeCompare(b));

export interface Language {
  code: string;
  name: string;
}

export const languagesOf = (items: readonly Snapshot[]): Language[] =>
  [...new Set(items.flatMap(({ language }) => language ?? []))]
    .map((code) => ({ code, name: languageName(code) }))
    .sort((a, b) => a.name.localeCompare(b.name));

const names = new Intl.DisplayNames('en', { type: 'language' });

/** "es" as "Spanish"; a code that is none stays as it is. */
export const languageName = (code: string): string => names.of(code) ?? code;

const textOf = ({ name, vertical, description, contents, customValues }: Snapshot): string =>
  plain([name, vertical, description, ...contents, ...customValues].join(' '));

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
