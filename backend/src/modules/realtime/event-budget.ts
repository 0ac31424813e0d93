const PER_SECOND = 20;
const AT_ONCE = 60;
const REFUSED_AT_MOST = 500;

/** How much one socket may ask. More is refused; far more ends the connection. */
export class EventBudget {
  private left = AT_ONCE;
  private refused = 0;
  private filledAt: number;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.filledAt = now();
  }

  spend(): 'allowed' | 'refused' | 'abusive' {
    const now = this.now();
    this.left = Math.min(AT_ONCE, this.left + ((now - this.filledAt) / 1_000) * PER_SECOND);
    this.filledAt = now;
    if (this.left < 1) return ++this.refused > REFUSED_AT_MOST ? 'abusive' : 'refused';
    this.left--;
    this.refused = 0;
    return 'allowed';
  }
}
