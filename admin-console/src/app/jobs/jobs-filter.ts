import type { RunState } from '../api/models';
import { ALL_RUN_STATES } from './job-words';

/** What the address bar says about the list of jobs. A link to it shows the same list to a colleague. */
export interface JobsFilter {
  states: RunState[];
  search: string;
  attention: boolean;
  /** The cursors that led to this page, so that the way back survives a reload; none on the first page. */
  trail: string[];
}

export interface JobsUrl {
  state?: string | string[];
  search?: string;
  attention?: string;
  trail?: string | string[];
}

export function readJobsUrl(url: JobsUrl): JobsFilter {
  const wanted = list(url.state).flatMap((part) => part.split(','));
  return {
    states: ALL_RUN_STATES.filter((state) => wanted.includes(state)),
    search: url.search ?? '',
    attention: url.attention === 'true',
    trail: list(url.trail),
  };
}

/** Query parameters for the router; null removes one. */
export function writeJobsUrl(filter: JobsFilter): Record<string, string | string[] | null> {
  return {
    state: filter.states.join(',') || null,
    search: filter.search || null,
    attention: filter.attention ? 'true' : null,
    trail: filter.trail.length ? filter.trail : null,
  };
}

export function requestOf(filter: JobsFilter): Record<string, string> {
  return {
    limit: '25',
    ...(filter.states.length && { state: filter.states.join(',') }),
    ...(filter.search && { search: filter.search }),
    ...(filter.attention && { attention: 'true' }),
    ...(filter.trail.length && { cursor: filter.trail.at(-1)! }),
  };
}

/** A cursor belongs to the filter it was made with, so a changed filter starts at the first page. */
export function refilter(filter: JobsFilter, change: Partial<JobsFilter>): JobsFilter {
  return { ...filter, ...change, trail: [] };
}

function list(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
