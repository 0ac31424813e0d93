import { Component } from '@angular/core';
import { PageHeader } from '../ui/page-header';

@Component({
  selector: 'app-audit',
  imports: [PageHeader],
  template: '<div class="page"><app-page-header heading="Audit" /></div>',
})
export class AuditPage {}
