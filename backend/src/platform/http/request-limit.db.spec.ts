import { Controller, Get, Module } from '@nestjs/common';
import { z } from 'zod';
import { startSmallApp } from '../../../test/small-app.js';
import { Public, Returns, Unlimited } from './index.js';

const Word = z.object({ word: z.string() });

@Controller('words')
class WordsController {
  @Get('counted')
  @Public('a test')
  @Returns(200, Word)
  getCounted() {
    return { word: 'counted' };
  }

  @Get('free')
  @Public('a test')
  @Unlimited('a test')
  @Returns(200, Word)
  getFree() {
    return { word: 'free' };
  }
}
@Module({ controllers: [WordsController] })
class WordsModule {}

describe('the request limit', () => {
  let small: Awaited<ReturnType<typeof startSmallApp>>;
  beforeEach(async () => {
    small = await startSmallApp({ modules: [WordsModule], env: { REQUESTS_PER_MINUTE: '10' } });
  });
  afterEach(() => small.close());

  const ask = (path: string, headers: Record<string, string> = {}) =>
    small.inject({ method: 'GET', url: `/api/words/${path}`, headers });

  it('counts each caller apart, says what is left, and refuses with a time to come back', async () => {
    const mine = { authorization: 'Bearer mine' };
    const first = await ask('counted', mine);
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9' });
    for (let request = 2; request <= 10; request++) expect((await ask('counted', mine)).statusCode).toBe(200);
    const refused = await ask('counted', mine);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toMatch(/problem\+json/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await ask('counted', { authorization: 'Bearer another' })).statusCode).toBe(200);
  });

  it('gives nobody a fresh limit for made-up credentials', async () => {
    const statuses = [];
    for (let request = 0; request < 60; request++)
      statuses.push((await ask('counted', { authorization: `Bearer ${request}` })).statusCode);
    expect(statuses.slice(0, 50)).toEqual(Array(50).fill(200));
    expect(statuses.slice(50)).toEqual(Array(10).fill(429));
  });

  it('leaves alone what says that it must never be refused', async () => {
    for (let request = 0; request < 60; request++) expect((await ask('free')).statusCode).toBe(200);
  });
});
