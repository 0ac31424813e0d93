import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgenciesService } from './agencies.service.js';
import { Agency } from './agency.entity.js';

/** Owns: agencies. In: create, list, get, rename. */
@Module({ imports: [TypeOrmModule.forFeature([Agency])], providers: [AgenciesService], exports: [AgenciesService] })
export class TenancyModule {}
