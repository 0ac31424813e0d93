import { Component } from '@angular/core';
import { PageHeader } from '../ui/page-header';

@Component({
  selector: 'app-connect',
  imports: [PageHeader],
  template: '<div class="page"><app-page-header heading="Connect" /></div>',
})
export class ConnectPage {}
