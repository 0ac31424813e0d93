import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { heapOptions } from '../src/boot/heap-options.js';
import { variables } from '../src/platform/config/variables.js';

const root = resolve(import.meta.dirname, '../..');
/** Comes with @nestjs/swagger, which writes YAML with it. */
const yaml = createRequire(import.meta.filename)('js-yaml') as {
  load(text: string): unknown;
  loadAll(text: string): unknown[];
};
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Container {
  name: string;
  command: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  securityContext: Record<string, unknown>;
  resources: Record<string, unknown>;
  [probe: string]: unknown;
}
interface Pod {
  containers: Container[];
  securityContext: Record<string, unknown>;
  terminationGracePeriodSeconds?: number;
  automountServiceAccountToken?: boolean;
  [field: string]: unknown;
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: { template?: { spec: Pod; metadata: { labels: object } }; selector?: object; [field: string]: unknown };
}

const base = readdirSync(join(root, 'k8s/base'))
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap((file) => yaml.loadAll(read(`k8s/base/${file}`)) as Manifest[]);
const pods = base
  .filter(({ spec }) => spec?.template)
  .map((made) => ({ name: made.metadata.name, made, pod: made.spec.template!.spec }));
const known = new Set(Object.keys(variables));

describe('k8s/base', () => {
  it('has what a first deployment needs', () => {
    const found = base.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    for (const part of [
      'Deployment switchyard-api',
      'Deployment switchyard-worker',
      'Job switchyard-migrate',
      'Service switchyard',
      'PodDisruptionBudget switchyard-api',
      'PodDisruptionBudget switchyard-worker',
      'NetworkPolicy switchyard-default-deny',
    ])
      expect(found).toContain(part);
  });

  it.each(pods)('$name is restricted', ({ pod }) => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.securityContext['runAsUser']).toBeGreaterThanOrEqual(10_000);
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod[field]).toBeUndefined();
    for (const { securityContext, resources } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(resources)).toEqual(['requests', 'limits']);
    }
  });

  it.each(pods)('$name names variables that exist, and takes secrets from the Secret', ({ pod }) => {
    const env = pod.containers.flatMap((container) => container.env ?? []);
    expect(env.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    for (const { name, valueFrom } of env) {
      const { secret = false } = variables[name as keyof typeof variables] as { secret?: boolean };
      expect([name, valueFrom !== undefined]).toEqual([name, secret]);
      if (valueFrom) expect(valueFrom.secretKeyRef).toMatchObject({ name: 'switchyard', key: name });
    }
  });

  it.each(pods.filter(({ made }) => made.kind === 'Deployment'))(
    '$name has three probes and time to stop',
    ({ made, pod }) => {
      const [container] = pod.containers;
      const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(
        (probe) => (container[probe] as { httpGet: { path: string } }).httpGet.path,
      );
      expect(paths).toEqual(['/health/startup', '/health/live', '/health/ready']);
      expect(pod.terminationGracePeriodSeconds).toBe(60);
      expect(made.spec.selector).toEqual({ matchLabels: made.spec.template!.metadata.labels });
    },
  );

  it('runs what the image has', () => {
    const commands = pods.flatMap(({ pod }) => pod.containers.map(({ command }) => command));
    for (const [node, main] of commands) {
      expect(node).toBe('node');
      expect(read(main.replace('dist/server/', '').replace('.js', '.ts'))).not.toBe('');
    }
  });

  it('configures no secret and nothing that is not read', () => {
    const config = base.find(({ kind }) => kind === 'ConfigMap')!;
    for (const name of Object.keys(config.data!)) {
      expect(known).toContain(name);
      expect(variables[name as keyof typeof variables]).not.toHaveProperty('secret', true);
    }
  });

  it('lists every file in its kustomization, and the overlays name what there is', () => {
    const { resources } = yaml.load(read('k8s/base/kustomization.yaml')) as { resources: string[] };
    const files = readdirSync(join(root, 'k8s/base')).filter((file) => file !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(files.sort());
    for (const overlay of ['dev', 'staging', 'production']) {
      const made = yaml.load(read(`k8s/overlays/${overlay}/kustomization.yaml`)) as {
        replicas: { name: string }[];
        resources: string[];
      };
      const names = base.map(({ metadata }) => metadata.name);
      for (const { name } of made.replicas) expect(names).toContain(name);
      expect(made.resources).toEqual(['namespace.yaml', '../../base']);
      const space = yaml.load(read(`k8s/overlays/${overlay}/namespace.yaml`)) as {
        metadata: { labels: Record<string, string> };
      };
      expect(space.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    }
  });

  it('has a template of the Secret with every secret that the pods name', () => {
    const secret = yaml.load(read('k8s/secret.example.yaml')) as Manifest;
    const wanted = pods.flatMap(({ pod }) =>
      pod.containers.flatMap(({ env = [] }) => env.filter(({ valueFrom }) => valueFrom)),
    );
    for (const { name } of wanted) expect(Object.keys(secret.stringData!)).toContain(name);
  });
});

describe('compose.yaml', () => {
  type Service = {
    environment?: Record<string, string>;
    deploy?: { replicas: number };
    read_only?: boolean;
    depends_on?: object;
  };
  const { services } = merged(yaml.load(read('compose.yaml'))) as { services: Record<string, Service> };

  it('runs two api and four worker processes after the migration', () => {
    expect([services.api.deploy, services.worker.deploy]).toEqual([{ replicas: 2 }, { replicas: 4 }]);
    for (const { depends_on } of [services.api, services.worker])
      expect(depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } });
  });

  it('names variables that exist', () => {
    for (const [name, { environment = {}, read_only }] of Object.entries(services)) {
      if (name === 'postgres' || name === 'redis') continue;
      expect(read_only).toBe(true);
      expect(Object.keys(environment).filter((each) => !known.has(each))).toEqual([]);
    }
  });
});

describe('Dockerfile', () => {
  it('ends as nobody, with a file that is built', () => {
    const last = read('Dockerfile')
      .split(/^FROM /m)
      .at(-1)!;
    expect(Number(/^USER (\d+):\d+$/m.exec(last)![1])).toBeGreaterThanOrEqual(10_000);
    expect(last).toContain('CMD ["node", "dist/server/backend/src/main.api.js"]');
    expect(last).toContain(`NODE_OPTIONS="${heapOptions}"`);
    expect(last).not.toContain('RUN');
  });
});

/** With `<<` carried out, which the parser leaves to others. */
function merged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(merged);
  if (typeof value !== 'object' || value === null) return value;
  const { '<<': more, ...own } = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, merged(each)]));
  return { ...(more as object | undefined), ...own };
}
