import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AiCandidate, type AiIntake, AiPort, type AiRanking } from './ai.port.js';
import { confidenceOf } from './confidence.js';
import { gistOfRead } from './gist.js';
import { rank, type ReadLibrary, readLibrary } from './rank.js';
import { factsOf, reasonsOf, whyBehind } from './reasons.js';

const librariesKept = 8;

/** Ranks by a taxonomy of lines of business and by the words that intake and snapshot share. No network, no model. */
@Injectable()
export class OfflineRanker extends AiPort {
  private readonly versions = new WeakMap<AiCandidate[], string>();
  /** By version, the last used at the end. */
  private readonly read = new Map<string, ReadLibrary>();

  async rankSnapshots(intake: AiIntake, candidates: AiCandidate[]): Promise<AiRanking> {
    const ranking = rank(intake, this.libraryOf(candidates));
    const { scored, choice, intake: read } = ranking;
    const confidence = rounded(confidenceOf(ranking));
    const others = scored.reduce((sum, each) => sum + (each === choice ? 0 : each.score ** 2), 0);
    const ranked = scored.map((each) => {
      const facts = factsOf(each);
      const share = others > 0 ? each.score ** 2 / others : 0;
      return {
        id: each.snapshot.id,
        score: rounded(each.score),
        confidence: each === choice ? confidence : rounded((1 - confidence) * share),
        facts,
        reasons: reasonsOf(each, facts),
        behind: choice && each !== choice ? whyBehind(each, choice) : null,
      };
    });
    return { choice: choice?.snapshot.id ?? null, confidence, ranked, gist: gistOfRead(read) };
  }

  /** To read a library takes as long as to answer fifty questions; the same one comes from the database each time. */
  private libraryOf(candidates: AiCandidate[]): ReadLibrary {
    const version = this.versions.get(candidates) ?? versionOf(candidates);
    this.versions.set(candidates, version);
    const library = this.read.get(version) ?? readLibrary(candidates);
    this.read.delete(version);
    this.read.set(version, library);
    const [oldest] = this.read.keys();
    if (this.read.size > librariesKept) this.read.delete(oldest);
    return library;
  }
}

const rounded = (value: number): number => Number(value.toFixed(3));

const versionOf = (candidates: AiCandidate[]): string => {
  const hash = createHash('sha256');
  for (const { id, name, vertical, description, contents } of candidates)
    hash.update(JSON.stringify([id, name, vertical, description, contents]));
  return hash.digest('base64');
};
