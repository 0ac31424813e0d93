import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type {
  ApiKey,
  ChangeSettings,
  ChangeUser,
  CreateApiKey,
  CreatedApiKey,
  CreateUser,
  Settings,
  User,
} from '../api/models';
import { withSubmissionKey } from '../http/idempotency';

@Service()
export class SettingsApi {
  private readonly http = inject(HttpClient);

  read(): Promise<Settings> {
    return firstValueFrom(this.http.get<Settings>('/api/settings'));
  }

  change(settings: ChangeSettings): Promise<Settings> {
    return firstValueFrom(this.http.put<Settings>('/api/settings', settings));
  }

  addUser(user: CreateUser, key: string): Promise<User> {
    return firstValueFrom(this.http.post<User>('/api/users', user, withSubmissionKey(key)));
  }

  changeUser(id: string, change: ChangeUser): Promise<User> {
    return firstValueFrom(this.http.patch<User>(`/api/users/${id}`, change));
  }

  createKey(wish: CreateApiKey, key: string): Promise<CreatedApiKey> {
    return firstValueFrom(this.http.post<CreatedApiKey>('/api/api-keys', wish, withSubmissionKey(key)));
  }

  async revokeKey({ id }: ApiKey): Promise<void> {
    await firstValueFrom(this.http.delete(`/api/api-keys/${id}`));
  }
}
