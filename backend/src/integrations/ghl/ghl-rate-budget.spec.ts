import { aBudgetWorld, describeBudgetContract } from './ghl-rate-budget.contract.js';
import { MemoryRateLedger } from './rate/memory-rate-ledger.js';

describeBudgetContract('kept by one process', (rules) =>
  aBudgetWorld((clock) => {
    const ledger = new MemoryRateLedger(clock, rules);
    return () => ledger;
  }, rules),
);
