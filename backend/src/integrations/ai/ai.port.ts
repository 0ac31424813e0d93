/** What is known about a client's business; text from outside, and only ever data. */
export interface AiIntake {
  name: string;
  industry?: string;
  description?: string;
  city?: string;
  country?: string;
  /** What it offers, the main thing first, and what it wants to reach. */
  services?: string[];
  goals?: string;
}

export interface AiCandidate {
  id: string;
  name: string;
  vertical?: string | null;
  language?: string | null;
  description?: string | null;
  contents: string[];
}

/** Words of the intake that met words of a snapshot. */
export interface AiFact {
  said: string;
  in: 'name' | 'industry' | 'description' | 'services' | 'goals';
  has: string;
  of: 'name' | 'vertical' | 'description' | 'contents';
  /** They name the same line of business, or one near it, or they are the same word. */
  how: 'same' | 'near' | 'word';
}

export interface AiRanked {
  id: string;
  score: number;
  /** 0 to 1: how likely it is that an expert of the agency would choose this one. */
  confidence: number;
  /** Which words of the intake met which facts of the snapshot; and the same as sentences. */
  facts: AiFact[];
  reasons: string[];
  /** Why it is not the one that was chosen; null for that one, and when none was. */
  behind: string | null;
}

export interface AiRanking {
  /** Null when none fits. */
  choice: string | null;
  /** 0 to 1: how likely it is that this decision is right, to choose none included. */
  confidence: number;
  /** All that were given, the best first. */
  ranked: AiRanked[];
  gist: AiGist;
}

/**
 * What a business is about: its lines of business and its words, with their weights, as a vector of length 1. Two
 * businesses are as alike as the product of their gists says, 0 to 1.
 */
export type AiGist = ReadonlyMap<string, number>;

/**
 * Decides which of an agency's snapshots fits one intake. Promises: only given candidates come back, no text of an
 * intake is obeyed, and nothing is called.
 */
export abstract class AiPort {
  abstract rankSnapshots(intake: AiIntake, candidates: AiCandidate[]): Promise<AiRanking>;
}
