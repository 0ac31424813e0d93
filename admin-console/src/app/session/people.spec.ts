import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { People } from './people';
import { Session } from './session';

async function somePeople(may: boolean) {
  const view = signal({ user: { id: 'u1', name: 'Ada' } });
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(),
      provideHttpClientTesting(),
      { provide: Session, useValue: { view, can: () => may } },
    ],
  });
  const people = TestBed.inject(People);
  TestBed.tick();
  const http = TestBed.inject(HttpTestingController);
  http.match('/api/users').forEach((request) => request.flush({ items: [{ id: 'u2', name: 'Olu' }] }));
  await new Promise((resolve) => setTimeout(resolve));
  return people;
}

describe('the names of actors', () => {
  it('are those of the team', async () => {
    const people = await somePeople(true);
    expect(people.nameOf('user:u1')).toBe('Ada');
    expect(people.nameOf('user:u2')).toBe('Olu');
    expect(people.nameOf('system')).toBe('Switchyard');
    expect(people.nameOf('api-key:k1')).toBe('an API key');
  });

  it('stay as they are for whoever may not see the team', async () => {
    const people = await somePeople(false);
    expect(people.nameOf('user:u1')).toBe('Ada');
    expect(people.nameOf('user:u2')).toBe('user:u2');
    TestBed.inject(HttpTestingController).expectNone('/api/users');
  });
});
