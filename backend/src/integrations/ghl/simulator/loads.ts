import { Refusal } from './http.js';
import type { Sim } from './sim.js';
import type { SimLoad, SimLocation, SimSnapshot } from './state.js';

const never = Number.MAX_SAFE_INTEGER;

/** Begins a load. Without `override` only what is missing is loaded, so a partial load is completed by a second one. */
export function startLoad(sim: Sim, location: SimLocation, snapshotId: string, override: boolean): SimLoad {
  const snapshot = sim.state.snapshots.find(
    ({ id, companyId }) => id === snapshotId && (companyId ?? location.companyId) === location.companyId,
  );
  if (!snapshot) throw new Refusal(400, 'Snapshot not found');
  const earlier = latestLoad(sim, snapshotId, location.id);
  if (earlier && !earlier.settled) return earlier;
  const present =
    earlier && !override ? earlier.assets.filter((asset) => asset.applied).map((asset) => asset.name) : [];
  const load: SimLoad = {
    id: sim.makeId('load'),
    snapshotId,
    locationId: location.id,
    startedAt: sim.now(),
    override,
    assets: assetsOf(sim, snapshot, location.id, present, earlier === undefined),
    settled: false,
  };
  sim.state.loads.push(load);
  sim.store.changed();
  return load;
}

export function latestLoad(sim: Sim, snapshotId: string, locationId: string): SimLoad | undefined {
  return sim.state.loads.findLast((load) => load.snapshotId === snapshotId && load.locationId === locationId);
}

export function statusOf(load: SimLoad, now: number): { status: string; completed: string[]; pending: string[] } {
  const completed = load.assets.filter((asset) => asset.applied).map((asset) => asset.name);
  const pending = load.assets.filter((asset) => !asset.applied).map((asset) => asset.name);
  if (!load.settled) {
    const queuedUntil = load.startedAt + ((load.assets[0]?.dueAt ?? load.startedAt) - load.startedAt) / 10;
    return { status: now < queuedUntil ? 'queued' : 'processing', completed, pending };
  }
  return {
    status: pending.length === 0 ? 'completed' : completed.length === 0 ? 'failed' : 'partial',
    completed,
    pending,
  };
}

/** Applies every asset that is due. Custom values arrive with empty values: a snapshot carries only their names. */
export function settleLoads(sim: Sim, now: number): void {
  for (const load of sim.state.loads) {
    if (load.settled) continue;
    for (const asset of load.assets) {
      if (asset.applied || asset.fails || asset.dueAt > now) continue;
      asset.applied = true;
      if (asset.name === 'custom_values') addCustomValues(sim, load);
      sim.store.changed();
    }
    if (load.assets.some((asset) => asset.dueAt > now)) continue;
    load.settled = true;
    sim.store.changed();
  }
}

function assetsOf(
  sim: Sim,
  snapshot: SimSnapshot,
  locationId: string,
  present: string[],
  first: boolean,
): SimLoad['assets'] {
  const now = sim.now();
  const { min, max } = sim.options.loadMs;
  const whole = sim.scaled(sim.between(min, max, 'load', snapshot.id, locationId));
  const missing = snapshot.assets.filter((name) => !present.includes(name));
  const stuckFrom = snapshot.stuck ? Math.ceil(missing.length / 2) : missing.length;
  return [
    ...present.map((name) => ({ name, dueAt: now, fails: false, applied: true })),
    ...missing.map((name, index) => ({
      name,
      dueAt: index >= stuckFrom ? never : now + (whole * (index + 1)) / missing.length,
      fails: snapshot.alwaysFails === true || (first && (snapshot.firstLoadFails ?? []).includes(name)),
      applied: false,
    })),
  ];
}

function addCustomValues(sim: Sim, load: SimLoad): void {
  const snapshot = sim.state.snapshots.find(({ id }) => id === load.snapshotId);
  for (const name of snapshot?.customValues ?? []) {
    const known = sim.state.customValues.find((value) => value.locationId === load.locationId && value.name === name);
    if (!known) sim.state.customValues.push(newCustomValue(sim, load.locationId, name, ''));
    else if (load.override || sim.options.loadOverwritesValues) known.value = '';
  }
}

export function newCustomValue(sim: Sim, locationId: string, name: string, value: string) {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return { id: sim.makeId('custom-value'), locationId, name, value, fieldKey: `{{ custom_values.${slug} }}` };
}
