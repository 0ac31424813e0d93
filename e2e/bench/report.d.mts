export interface Row {
  name: string;
  must: string;
  goal: string;
  method: string;
  machine: string;
  commit: string;
  at: string;
  mustMet: boolean;
  goalMet: boolean;
  says: string;
  figures: object;
}
export function reportOf(rows: Record<string, Row>): string;
