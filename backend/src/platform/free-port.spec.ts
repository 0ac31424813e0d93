import { anyFreePort } from './free-port.js';

describe('a free port', () => {
  it('is given to nobody else, even while nobody listens on it', async () => {
    const ports = await Promise.all(Array.from({ length: 400 }, () => anyFreePort()));
    expect(new Set(ports).size).toBe(ports.length);
  });
});
