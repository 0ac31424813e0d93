import { z } from 'zod';
import type { ChatPort, ChatQuestion } from './chat.port.js';

export interface ChatContractWorld {
  chat: ChatPort;
  /** The same endpoint, asked with a key that it does not know; absent where it takes any. */
  stranger?: ChatPort;
  stop(): Promise<void>;
}

const Verdict = z.strictObject({ choice: z.enum(['A', 'B', 'none']), confidence: z.number() });

export const aQuestion: ChatQuestion<z.output<typeof Verdict>> = {
  name: 'choose_snapshot',
  system: 'Answer with JSON such as {"choice":"A","confidence":0.8}: which snapshot is made for the client.',
  user: JSON.stringify({
    client: { name: 'Harbour Dental', description: 'We are dentists.' },
    snapshots: [
      { key: 'A', name: 'Roofers' },
      { key: 'B', name: 'Dentists' },
    ],
  }),
  answer: Verdict,
  maxTokens: 200,
};

/** The promises of the port that hold with every endpoint. */
export function describeChatContract(name: string, makeWorld: () => Promise<ChatContractWorld>): void {
  describe(`${name} keeps the promises of the port`, () => {
    let world: ChatContractWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world.stop());

    it('answers in the form that was asked for', async () => {
      const { answer } = await world.chat.ask(aQuestion);
      expect(answer.choice).toBe('B');
      expect(answer.confidence).toEqual(expect.any(Number));
    });

    it('answers many at once', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => world.chat.ask(aQuestion)));
      expect(answers.map(({ answer }) => answer.choice)).toEqual(['B', 'B', 'B', 'B', 'B']);
    });

    it('gives up when told to, and in time', async () => {
      const gone = world.chat.ask(aQuestion, { signal: AbortSignal.abort() });
      await expect(gone).rejects.toMatchObject({ kind: 'transient', code: 'chat-aborted' });
      const late = world.chat.ask(aQuestion, { deadlineMs: 1 });
      await expect(late).rejects.toMatchObject({ kind: 'transient', code: 'chat-deadline' });
    });

    it('says that a key is not known', async () => {
      if (!world.stranger) return;
      await expect(world.stranger.ask(aQuestion)).rejects.toMatchObject({ kind: 'auth', code: 'chat-key-refused' });
    });
  });
}
