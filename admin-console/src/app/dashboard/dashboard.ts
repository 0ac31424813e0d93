import { Component } from '@angular/core';
import { PageHeader } from '../ui/page-header';

@Component({
  selector: 'app-dashboard',
  imports: [PageHeader],
  template: '<div class="page"><app-page-header heading="Dashboard" /></div>',
})
export class DashboardPage {}
