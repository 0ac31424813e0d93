import type { LogLine } from '../api/models';
import { LogBook } from './log-book';

const line = (seq: number): LogLine => ({
  seq,
  at: '2026-11-20T10:00:00Z',
  level: 'info',
  step: null,
  message: `line ${seq}`,
  data: null,
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const seqs = (book: LogBook) => book.lines.map(({ seq }) => seq);

describe('the book of a log', () => {
  it('takes lines that follow', () => {
    const book = new LogBook();
    expect(book.append(lines(1, 3))).toBe(true);
    expect(seqs(book)).toEqual([1, 2, 3]);
    expect(book.last).toBe(3);
  });

  it('drops what it has when lines overlap', () => {
    const book = new LogBook();
    book.append(lines(1, 5));
    expect(book.append(lines(3, 7))).toBe(true);
    expect(seqs(book)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('takes nothing beyond a gap and says so', () => {
    const book = new LogBook();
    book.append(lines(1, 2));
    expect(book.append(lines(5, 6))).toBe(false);
    expect(book.last).toBe(2);
  });

  it('takes the part before a gap inside one delivery', () => {
    const book = new LogBook();
    expect(book.append([line(1), line(2), line(4)])).toBe(false);
    expect(seqs(book)).toEqual([1, 2]);
  });

  it('starts after a cursor and grows to the front', () => {
    const book = new LogBook(10);
    book.append(lines(11, 12));
    expect(book.first).toBe(11);
    expect(book.prepend(lines(6, 10))).toBe(5);
    expect(book.first).toBe(6);
    expect(book.last).toBe(12);
  });

  it('refuses earlier lines that would leave a hole', () => {
    const book = new LogBook(10);
    book.append(lines(11, 12));
    expect(book.prepend(lines(1, 8))).toBe(0);
    expect(book.first).toBe(11);
  });

  it('holds the same lines in whatever pieces they arrive', () => {
    const book = new LogBook();
    for (const [from, to] of [
      [1, 4],
      [2, 6],
      [9, 12],
      [5, 9],
      [9, 12],
      [1, 12],
    ])
      book.append(lines(from, to));
    expect(seqs(book)).toEqual(seqs(bookOf(12)));
  });
});

function bookOf(last: number): LogBook {
  const book = new LogBook();
  book.append(lines(1, last));
  return book;
}
