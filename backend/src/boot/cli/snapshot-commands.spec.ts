import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addSnapshotCommands } from './snapshot-commands.js';

describe('switchyard snapshots evaluate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-evaluate-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const evaluate = async (cases: string, library: string) => {
    const [casesFile, libraryFile, out] = ['cases.jsonl', 'library.json', 'out.jsonl'].map((name) =>
      join(folder, name),
    );
    writeFileSync(casesFile, cases);
    writeFileSync(libraryFile, library);
    const said = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const program = new Command().exitOverride();
    addSnapshotCommands(program);
    const args = ['snapshots', 'evaluate', casesFile, '--library', libraryFile, '--out', out];
    await program.parseAsync(args, { from: 'user' }).finally(() => said.mockRestore());
    return readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };
  const library = JSON.stringify({
    name: 'mine',
    snapshots: [
      { id: 'a', name: 'Dentists', type: 'own', description: '', tags: [], assets: [] },
      { id: 'b', name: 'Roofers', type: 'imported' },
    ],
  });

  it('answers each line, with null where nothing fits', async () => {
    const cases = [
      { id: '1', intake: { name: 'Oak Roofing', industry: 'roof repair', location: 'Ohio', services: [] }, gold: 'b' },
      { id: '2', intake: { name: 'Bolt Works', industry: 'Manufacturing' } },
    ];
    const answers = await evaluate(cases.map((each) => JSON.stringify(each)).join('\n'), library);
    expect(answers).toEqual([
      { id: '1', choice: 'b', confidence: expect.any(Number), ranking: ['b', 'a'] },
      { id: '2', choice: null, confidence: expect.any(Number), ranking: expect.any(Array) },
    ]);
  });

  it('refuses what is not JSON or has another shape, and says where', async () => {
    await expect(evaluate('{"id":1', library)).rejects.toThrow('cases.jsonl, line 1 is not JSON.');
    await expect(evaluate('{"id":"1"}', library)).rejects.toThrow('intake');
    await expect(evaluate('', '{}')).rejects.toThrow('snapshots');
  });
});
