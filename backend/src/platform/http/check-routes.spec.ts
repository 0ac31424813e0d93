import { Controller, Get, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { Allow, Public } from './allow.decorator.js';
import { checkRoutes } from './check-routes.js';
import { Returns, ReturnsNothing } from './returns.decorator.js';

@Controller('good')
class Good {
  @Get(':id')
  @Allow('jobs.read')
  @Returns(200, z.object({}))
  getGood() {}
}

@Controller('bad')
class Bad {
  @Get()
  @Returns(200, z.object({}))
  open() {}

  @Post()
  @Public('because')
  unfiltered() {}

  @Get('twice')
  @Allow('jobs.read')
  @Public('and why')
  @ReturnsNothing()
  getGood() {}
}

async function booted(...controllers: (new () => object)[]) {
  @Module({ controllers })
  class Whole {}
  return (await Test.createTestingModule({ imports: [Whole] }).compile()) as never;
}

it('lists what may start', async () => {
  expect(checkRoutes(await booted(Good))).toEqual([
    expect.objectContaining({ operation: 'getGood', verb: 'GET', path: '/api/good/:id', permission: 'jobs.read' }),
  ]);
});

it('refuses to start, naming every fault at once', async () => {
  const app = await booted(Good, Bad);
  const check = () => checkRoutes(app);
  expect(check).toThrow('GET /api/bad (Bad.open) has neither @Allow nor @Public');
  expect(check).toThrow('POST /api/bad (Bad.unfiltered) has no @Returns');
  expect(check).toThrow('GET /api/bad/twice (Bad.getGood) has both @Allow and @Public');
  expect(check).toThrow('operation getGood exists 2 times');
});
