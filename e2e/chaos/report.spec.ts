import { reportAndData } from './report.js';

describe('the report of the fault suite', () => {
  it('is made from its data', () => {
    const { report, made } = reportAndData();
    expect(report).toBe(made);
  });
});
