import { both, type Fault } from '../fault.js';

/** An empty database, and many that find it so; one of them is killed half-way. */
export const f26: Fault = {
  id: 'F26',
  title: 'Many migrate an empty database at once, one is killed half-way',
  holds: 'one does it, the others wait; a killed one leaves nothing half done',
  modes: both,
  async run(on) {
    const { postgres } = on.world;
    const name = `migrated_${on.name.replaceAll('-', '_')}`;
    await postgres.createDatabase(name);
    try {
      const [first, ...others] = Array.from({ length: 5 }, () => on.world.cli(name, ['migrate']));
      const killed = on.random.pause(300, 2_500).then(() => first.kill());
      const ends = await Promise.all(others.map((each) => each.end));
      await killed;
      on.expect(
        ends.every(({ code }) => code === 0),
        'the others end well',
        ends,
      );
      const check = await on.world.cli(name, ['migrate', '--check']).end;
      on.expect(check.code === 0, 'nothing is missing afterwards', check);
    } finally {
      await postgres.dropDatabase(name);
    }
  },
};
