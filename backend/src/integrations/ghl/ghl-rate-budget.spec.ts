import { aBudgetWorld, describeBudgetContract } from './ghl-rate-budget.contract.js';
import { MemoryRateLedger } from './rate/memory-rate-ledger.js';

describeBudgetContract('kept by one process', (rules) =>
  aBudgetWorld(async (clock, given) => {
    const ledger = new MemoryRateLedger(clock, given);
    return { next: () => ledger };
  }, rules),
);
