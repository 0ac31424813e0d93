import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import type { HarnessLoader } from '@angular/cdk/testing';
import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { signal, type EnvironmentProviders, type Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { MATERIAL_ANIMATIONS } from '@angular/material/core';
import { provideRouter, Router, withComponentInputBinding, type Routes } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { problemInterceptor } from '../http/problem.interceptor';
import { LiveSocket } from '../live/live-socket';

/** A socket that never was: pages must do without. */
export const silentSocket = {
  provide: LiveSocket,
  useValue: {
    state: signal('connected'),
    connected: signal(true),
    connections: signal(0),
    open: () => undefined,
    close: () => undefined,
    emit: () => undefined,
    on: () => () => undefined,
  },
};

export interface OpenConsole {
  page: HTMLElement;
  http: HttpTestingController;
  router: Router;
  /** Finds harnesses anywhere in the document, also in dialogs. */
  loader: HarnessLoader;
  settle: () => Promise<void>;
  /** Presses the button with these words. Unlike a harness it does not wait for requests that the test answers later. */
  press: (words: string) => Promise<void>;
}

/** A console with these routes, opened at an address; the test answers its requests. */
export async function openConsole(
  routes: Routes,
  url: string,
  providers: (Provider | EnvironmentProviders)[] = [],
): Promise<OpenConsole> {
  TestBed.configureTestingModule({
    providers: [
      provideRouter(routes, withComponentInputBinding()),
      provideHttpClient(withInterceptors([problemInterceptor])),
      provideHttpClientTesting(),
      silentSocket,
      { provide: MATERIAL_ANIMATIONS, useValue: { animationsDisabled: true } },
      ...providers,
    ],
  });
  const harness = await RouterTestingHarness.create(url);
  const page = harness.fixture.nativeElement as HTMLElement;
  // What an answer sets off goes through promises before it is drawn; an open request keeps a page unstable.
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
      harness.detectChanges();
    }
  };
  const press = async (words: string) => {
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('button')];
    buttons.find((button) => textOf(button).includes(words))?.click();
    await settle();
  };
  return {
    page,
    http: TestBed.inject(HttpTestingController),
    router: TestBed.inject(Router),
    loader: TestbedHarnessEnvironment.documentRootLoader(harness.fixture),
    settle,
    press,
  };
}

/** With one space wherever there is any, also where no line may break. */
export const plain = (words: string | null | undefined): string => words?.replace(/\s+/g, ' ').trim() ?? '';

export const textOf = (element: Element | null): string => plain(element?.textContent);
