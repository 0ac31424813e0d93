import { Pipe, type PipeTransform } from '@angular/core';
import { counted, percent } from './number-words';

@Pipe({ name: 'counted' })
export class CountedPipe implements PipeTransform {
  transform(count: number): string {
    return counted(count);
  }
}

@Pipe({ name: 'percentage' })
export class PercentagePipe implements PipeTransform {
  transform(share: number): string {
    return percent(share);
  }
}
