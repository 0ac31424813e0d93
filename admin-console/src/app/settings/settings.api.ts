import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { createApiKey } from '../api/fn/api-keys/create-api-key';
import { revokeApiKey } from '../api/fn/api-keys/revoke-api-key';
import { changeSettings } from '../api/fn/settings/change-settings';
import { getSettings } from '../api/fn/settings/get-settings';
import { changeUser } from '../api/fn/users/change-user';
import { createUser } from '../api/fn/users/create-user';
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

@Service()
export class SettingsApi {
  private readonly api = inject(Api);

  read(): Promise<Settings> {
    return this.api.invoke(getSettings);
  }

  change(settings: ChangeSettings): Promise<Settings> {
    return this.api.invoke(changeSettings, { body: settings });
  }

  addUser(user: CreateUser, key: string): Promise<User> {
    return this.api.invoke(createUser, { body: user, 'Idempotency-Key': key });
  }

  changeUser(id: string, change: ChangeUser): Promise<User> {
    return this.api.invoke(changeUser, { id, body: change });
  }

  createKey(wish: CreateApiKey, key: string): Promise<CreatedApiKey> {
    return this.api.invoke(createApiKey, { body: wish, 'Idempotency-Key': key });
  }

  revokeKey({ id }: ApiKey): Promise<void> {
    return this.api.invoke(revokeApiKey, { id });
  }
}
