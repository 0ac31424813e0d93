import { Injectable } from '@nestjs/common';
import { type AiCandidate, type AiIntake, AiPort, type AiRanking } from './ai.port.js';
import { confidenceOf } from './confidence.js';
import { gistOfRead } from './gist.js';
import { rank, type ReadLibrary, readLibrary } from './rank.js';
import { factsOf, reasonsOf, whyBehind } from './reasons.js';

/** Ranks by a taxonomy of lines of business and by the words that intake and snapshot share. No network, no model. */
@Injectable()
export class OfflineRanker extends AiPort {
  /** A library is read once, for as long as somebody asks about the same one. */
  private readonly read = new WeakMap<AiCandidate[], ReadLibrary>();

  async rankSnapshots(intake: AiIntake, candidates: AiCandidate[]): Promise<AiRanking> {
    const library = this.read.get(candidates) ?? readLibrary(candidates);
    this.read.set(candidates, library);
    const ranking = rank(intake, library);
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
}

const rounded = (value: number): number => Number(value.toFixed(3));
