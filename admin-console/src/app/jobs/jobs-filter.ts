import type { RunState } from '../api/models';
import { ALL_RUN_STATES } from './job-words';

/** What the address bar says about the list of jobs. A link to it shows the same list to a colleague. */
export interface JobsFilter {
  states: RunState[];
  search: string;
  attention: boolean;
  cursor: string;
  /** Cursors of the pages before this one, so that "previous" survives a reload. */
  back: string[];
}

export interface JobsUrl {
  state?: string | string[];
  search?: string;
  attention?: string;
  cursor?: string;
  back?: string | string[];
}

export function readJobsUrl(url: JobsUrl): JobsFilter {
  const wanted = list(url.state).flatMap((part) => part.split(','));
  return {
    states: ALL_RUN_STATES.filter((state) => wanted.includes(state)),
    search: url.search ?? '',
    attention: url.attention === 'true',
    cursor: url.cursor ?? '',
    back: list(url.back),
  };
}

/** Query parameters for the router; null removes one. */
export function writeJobsUrl(filter: JobsFilter): Record<string, string | string[] | null> {
  return {
    state: filter.states.join(',') || null,
    search: filter.search || null,
    attention: filter.attention ? 'true' : null,
    cursor: filter.cursor || null,
    back: filter.back.length ? filter.back : null,
  };
}

export function requestOf(filter: JobsFilter): Record<string, string> {
  return {
    limit: '25',
    ...(filter.states.length && { state: filter.states.join(',') }),
    ...(filter.search && { search: filter.search }),
    ...(filter.attention && { attention: 'true' }),
    ...(filter.cursor && { cursor: filter.cursor }),
  };
}

/** A cursor belongs to the filter it was made with, so a changed filter starts at the first page. */
export function refilter(filter: JobsFilter, change: Partial<JobsFilter>): JobsFilter {
  return { ...filter, ...change, cursor: '', back: [] };
}

export function turnForward(filter: JobsFilter, next: string): JobsFilter {
  return { ...filter, cursor: next, back: [...filter.back, filter.cursor] };
}

export function turnBack(filter: JobsFilter): JobsFilter {
  return { ...filter, cursor: filter.back.at(-1) ?? '', back: filter.back.slice(0, -1) };
}

function list(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
