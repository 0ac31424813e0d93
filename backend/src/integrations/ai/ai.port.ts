/** What is known about a client's business; text from outside, and only ever data. */
export interface AiIntake {
  name: string;
  industry?: string;
  description?: string;
  city?: string;
  country?: string;
}

export interface AiCandidate {
  id: string;
  name: string;
  vertical?: string | null;
  language?: string | null;
  description?: string | null;
  contents: string[];
}

export interface AiRanked {
  id: string;
  score: number;
  /** 0 to 1: how likely it is that an expert of the agency would choose this one. */
  confidence: number;
  /** Which words of the intake met which facts of the snapshot. */
  reasons: string[];
}

/** Ranks an agency's snapshots for one intake. Promises: only given candidates come back, best first, and nothing is called. */
export abstract class AiPort {
  abstract rankSnapshots(intake: AiIntake, candidates: AiCandidate[]): Promise<AiRanked[]>;
}
