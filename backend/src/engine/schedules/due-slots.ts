import { CronTime } from 'cron';

/** What happens to slots that passed while nobody was there. */
export type CatchUp =
  /** They are written down as skipped. */
  | 'skip'
  /** The newest one fires, the others are written down as skipped. */
  | 'one'
  /** Each fires, oldest first. */
  | 'all';

export interface DueSlot {
  slot: Date;
  outcome: 'fired' | 'skipped';
}

/** A slot this young is on time and not a missed one. */
const onTimeMs = 60_000;
/** More missed slots than this are looked at in several turns. */
const slotsAtMost = 500;

/** The slots of a cron expression after `last` and up to `now`, oldest first, with what becomes of each. */
export function dueSlots(cron: string, timeZone: string, last: Date, now: Date, catchUp: CatchUp): DueSlot[] {
  const time = new CronTime(cron, timeZone);
  const slots: Date[] = [];
  for (
    let slot = time.getNextDateFrom(last, timeZone).toJSDate();
    slot <= now && slots.length < slotsAtMost;
    slot = time.getNextDateFrom(slot, timeZone).toJSDate()
  ) {
    slots.push(slot);
  }
  const cutShort = slots.length === slotsAtMost;
  return slots.map((slot, index) => {
    const newest = index === slots.length - 1 && !cutShort;
    const onTime = newest && now.getTime() - slot.getTime() < onTimeMs;
    const fires = onTime || catchUp === 'all' || (catchUp === 'one' && newest);
    return { slot, outcome: fires ? 'fired' : 'skipped' };
  });
}
