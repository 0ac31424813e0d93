import { mergeValues, readPastedValues } from './paste-values';

describe('pasted custom values', () => {
  it('reads name=value lines and keeps further equals signs', () => {
    expect(readPastedValues('hours = 9-5\r\n\n# note\nlink=https://x.example/?a=b')).toEqual({
      values: [
        { name: 'hours', value: '9-5' },
        { name: 'link', value: 'https://x.example/?a=b' },
      ],
      refused: [],
    });
  });

  it('names the lines that it cannot read', () => {
    expect(readPastedValues('a=1\nnonsense\n=2').refused).toEqual([
      { line: 2, text: 'nonsense' },
      { line: 3, text: '=2' },
    ]);
  });

  it('lets the later of two lines win, in any case of letters', () => {
    expect(readPastedValues('Hours=1\nhours=2').values).toEqual([{ name: 'hours', value: '2' }]);
  });

  it('replaces values that are there and adds the others', () => {
    const present = [
      { name: 'Hours', value: '1' },
      { name: 'keep', value: 'x' },
    ];
    expect(
      mergeValues(present, [
        { name: 'hours', value: '2' },
        { name: 'new', value: '3' },
      ]),
    ).toEqual([
      { name: 'Hours', value: '2' },
      { name: 'keep', value: 'x' },
      { name: 'new', value: '3' },
    ]);
  });
});
