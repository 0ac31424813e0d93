import { Component } from '@angular/core';

/** A track and its turnout. */
@Component({
  selector: 'app-logo',
  template: `
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#1f4e79" />
      <g fill="none" stroke-linecap="round" stroke-linejoin="round" stroke-width="3">
        <path d="M6 22h20" stroke="#fff" />
        <path d="M9 22c7 0 6-12 14-12h3" stroke="#ffb74d" />
      </g>
      <circle cx="9" cy="22" r="3" fill="#1f4e79" stroke="#fff" stroke-width="2" />
    </svg>
  `,
  styles: `
    :host {
      display: inline-flex;
    }
  `,
})
export class Logo {}
