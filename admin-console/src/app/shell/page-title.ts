import { inject, Service } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { TitleStrategy, type RouterStateSnapshot } from '@angular/router';

@Service()
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.name(this.buildTitle(snapshot) ?? '');
  }

  /** For pages that learn their name from the data. */
  name(page: string): void {
    this.title.setTitle(page ? `${page} · Switchyard` : 'Switchyard');
  }
}
