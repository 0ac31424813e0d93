import { countLoadCalls, countLoading, isOver, listFrom, mergeWords } from './snapshot-look.js';

const now = new Date('2026-11-21T12:00:00Z');
const minutes = (count: number) => new Date(now.getTime() - count * 60_000);
const patience = 45 * 60_000;

describe('one look at all loads of a snapshot', () => {
  it.each([
    ['processing', false],
    ['queued', false],
    ['', false],
    ['a word nobody knows', false],
    ['completed', true],
    ['partial', true],
    ['failed', true],
    ['error', true],
  ])('says of “%s” whether it is over: %s', (status, over) => {
    expect(isOver({ status })).toBe(over);
  });

  it('counts what is under way', () => {
    expect(countLoading({ a: { status: 'processing' }, b: { status: 'completed' }, c: { status: 'queued' } })).toBe(2);
  });

  it('reaches back a day at first, then to the oldest load that is under way', () => {
    expect(listFrom({}, null, now, patience)).toEqual(minutes(24 * 60));
    const words = {
      old: { status: 'completed', startedAt: minutes(300).toISOString() },
      open: { status: 'processing', startedAt: minutes(7).toISOString() },
    };
    expect(listFrom(words, minutes(1), now, patience)).toEqual(minutes(17));
    expect(listFrom({ old: words.old }, minutes(1), now, patience)).toEqual(minutes(11));
  });

  it('is not held back for ever by a load that never ends, nor by one without a time', () => {
    const stuck = { stuck: { status: 'processing', startedAt: minutes(600).toISOString() } };
    expect(listFrom(stuck, minutes(1), now, patience)).toEqual(minutes(11));
    expect(listFrom({ odd: { status: 'processing' } }, minutes(1), now, patience)).toEqual(minutes(11));
  });

  it('keeps the newest load of each sub-account, in whatever order they are listed, and what is no longer listed for a day', () => {
    const before = {
      gone: { status: 'completed', startedAt: minutes(25 * 60).toISOString() },
      kept: { status: 'completed', startedAt: minutes(60).toISOString() },
      again: { status: 'partial', startedAt: minutes(30).toISOString() },
    };
    const listed = [
      { locationId: 'again', status: 'processing', startedAt: minutes(1) },
      { locationId: 'again', status: 'partial', startedAt: minutes(30) },
      { locationId: 'new', status: 'queued', startedAt: minutes(0) },
    ];
    expect(mergeWords(before, listed, now)).toEqual({
      kept: before.kept,
      again: { status: 'processing', startedAt: minutes(1).toISOString() },
      new: { status: 'queued', startedAt: minutes(0).toISOString() },
    });
  });

  it.each([
    ['nothing that loads', 0, 0],
    ['one, which is asked at every poll', 1, 40],
    ['a few, which share the list', 10, 10 + 24],
    ['a thousand, where the list has a second page', 1_000, 1_000 + 2 * 61],
  ])('costs, for %s, so many calls', (_, loads, calls) => {
    expect(countLoadCalls(loads, 300_000, loads === 10 ? 400 : 6_000, 15_000)).toBe(calls);
  });
});
