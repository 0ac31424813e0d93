import { Module } from '@nestjs/common';
import { BatchChanges } from './batch-changes.js';

/** Apart, so that live views need nothing else of batches. */
@Module({ providers: [BatchChanges], exports: [BatchChanges] })
export class BatchChangesModule {}
