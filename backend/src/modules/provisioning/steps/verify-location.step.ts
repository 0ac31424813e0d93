import { Injectable } from '@nestjs/common';
import { again, done, partial, type Step, type StepContext } from '../../../engine/runs/index.js';
import { GhlPort } from '../../../integrations/ghl/index.js';
import { GhlCalls } from '../ghl-calls.js';
import type { ProvisioningInput } from '../provisioning-input.js';
import { comparedFields, differencesOf } from '../to-location.js';
import { valuesToWrite } from '../values-to-write.js';
import { CreateLocation } from './create-location.step.js';

export interface VerifiedLocation {
  locationId: string;
  checked: number;
  differences: { subject: string; expected: string; found: string | null }[];
}

/** HighLevel may answer with what was true a moment ago. */
const looksAtMost = 4;
const lookAgainMs = 3_000;

/** Reads everything back. What differs from the plan is kept as evidence and shown. */
@Injectable()
export class VerifyLocation implements Step<ProvisioningInput, VerifiedLocation> {
  static readonly step = 'verify-location';
  static readonly title = 'Verify';
  static readonly repeat = 'at-once';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const verified = await this.compare(ctx);
    const { locationId, checked, differences } = verified;
    if (differences.length === 0) {
      ctx.log('info', 'Everything read back as planned', { checked });
      return done(verified, { externalId: locationId, evidence: { checked, differences } });
    }
    const looks = ((ctx.noted['looks'] as number | undefined) ?? 0) + 1;
    await ctx.note({ looks: looks % looksAtMost });
    if (looks < looksAtMost) return again(lookAgainMs, 'provider');
    ctx.log('warn', 'HighLevel shows something else than planned', { differences });
    return partial(
      verified,
      {
        code: 'verify-differs',
        cause: `${differences.length} of ${checked} things read back differently: ${differences
          .map(({ subject }) => subject)
          .slice(0, 5)
          .join(', ')}.`,
        nextAction: 'Compare below. Retry looks again; correct it in HighLevel where that is meant.',
      },
      { externalId: locationId, evidence: { checked, differences } },
    );
  }

  private async compare(ctx: StepContext<ProvisioningInput>): Promise<VerifiedLocation> {
    const { business, customValues, users } = ctx.input;
    const { locationId } = ctx.outputOf(CreateLocation);
    const live = await this.calls.company(ctx, (access, call) => this.ghl.getLocation(access, locationId, call));
    const fields = differencesOf(business, live).map(({ field, from, to }) => ({
      subject: field,
      expected: to,
      found: from,
    }));
    const values =
      customValues.length > 0
        ? await this.calls.location(ctx, locationId, (access, call) =>
            this.ghl.listCustomValues(access, locationId, call),
          )
        : [];
    const wrong = valuesToWrite(customValues, values).map(({ name, value, was }) => ({
      subject: `custom value ${name}`,
      expected: value,
      found: was ?? null,
    }));
    const present =
      users.length > 0
        ? await this.calls.company(ctx, (access, call) => this.ghl.usersOfLocation(access, locationId, call))
        : [];
    const emails = new Set(present.map(({ email }) => email.toLowerCase()));
    const absent = users
      .filter(({ email }) => !emails.has(email.toLowerCase()))
      .map(({ email }) => ({ subject: `user ${email}`, expected: 'has access', found: null }));
    const compared = comparedFields.filter((field) => business[field] !== undefined).length;
    return {
      locationId,
      checked: compared + customValues.length + users.length,
      differences: [...fields, ...wrong, ...absent],
    };
  }
}
