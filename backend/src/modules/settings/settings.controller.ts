import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, type Principal, Returns, Tenant } from '../../platform/http/index.js';
import { ChangeSettings, SettingsView } from './settings.schema.js';
import { SettingsService } from './settings.service.js';

@ApiTags('settings')
@Controller('settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @Allow('settings.read')
  @Returns(200, SettingsView)
  getSettings(@Tenant() tenant: TenantId) {
    return this.settings.view(tenant);
  }

  @Put()
  @Allow('settings.manage')
  @Returns(200, SettingsView)
  changeSettings(@By() by: Principal, @Body({ schema: ChangeSettings }) body: ChangeSettings) {
    return this.settings.change(by, body);
  }
}
