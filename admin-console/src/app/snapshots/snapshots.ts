import { Component } from '@angular/core';
import { PageHeader } from '../ui/page-header';

@Component({
  selector: 'app-snapshots',
  imports: [PageHeader],
  template: '<div class="page"><app-page-header heading="Snapshots" /></div>',
})
export class SnapshotsPage {}
