export type Role = 'admin' | 'operator' | 'viewer';
export type ProviderMode = 'simulator' | 'real' | 'off';
export type RunState = 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone' | 'needs-human';
export type WaitingFor = 'retry' | 'settle' | 'provider' | 'schedule' | 'rate-budget' | 'breaker' | 'connection' | 'approval';
export type StepState = 'planned' | 'intent' | 'unknown' | 'done' | 'partial' | 'rejected' | 'undoing' | 'undone' | 'needs-human';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type RunAction = 'retry' | 'cancel' | 'undo';
export interface Problem { type: string; title: string; status: number; code: string; detail: string; traceId: string; errors?: { pointer: string; detail: string }[]; evidence?: Record<string, unknown> }
export interface Session { agency: { id: string; name: string }; user: { id: string; name: string; email: string; hasPassword: boolean } | null; role: Role; permissions: string[]; expiresAt: string | null }
export interface SignIn { email: string; password: string }
export interface User { id: string; email: string; name: string; role: Role; createdAt: string; disabledAt: string | null }
export interface Users { items: User[] }
export interface CreateUser { email: string; name: string; role: Role; password: string }
export interface ChangeUser { name?: string; role?: Role; disabled?: boolean }
export interface SetPassword { current?: string; password: string }
export interface CreateApiKey { name: string; role: Role; expiresInDays?: number }
export interface ApiKey { id: string; name: string; role: Role; prefix: string; createdAt: string; expiresAt: string | null; lastUsedAt: string | null; revokedAt: string | null }
export interface ApiKeys { items: ApiKey[] }
export interface CreatedApiKey extends ApiKey { key: string }
export interface GhlConnection { id: string; provider: 'ghl'; companyId: string; companyName: string; status: 'active' | 'reconnect' | 'disconnected'; statusReason: string | null; scopes: string[]; missingScopes: string[]; installToFutureLocations: boolean | null; warnings: string[]; accessExpiresAt: string; refreshDueAt: string; connectedBy: string; connectedAt: string }
export interface Connections { providers: { name: string; title: string; mode: ProviderMode; url: string | null }[]; items: GhlConnection[] }
export interface StartedConnection { consentUrl: string }
export interface AnnotateSnapshot { vertical?: string | null; language?: string | null; description?: string | null; contents?: string[]; customValues?: string[] }
export interface Snapshot { id: string; connectionId: string; name: string; type: 'own' | 'imported'; vertical: string | null; language: string | null; description: string | null; contents: string[]; customValues: string[]; annotatedAt: string | null; gone: boolean }
export interface SnapshotLibrary { items: Snapshot[]; verticals: string[]; refreshedAt: string | null; ageSeconds: number | null }
export interface Intake { name: string; industry?: string; description?: string; city?: string; country?: string }
export interface Recommendation { choice: string | null; confidence: number; ranking: { id: string; name: string; score: number; confidence: number; reasons: string[] }[] }
export interface BusinessProfile { name: string; email: string; phone?: string; contactFirstName?: string; contactLastName?: string; address?: string; city?: string; state?: string; postalCode?: string; country?: string; website?: string; timezone?: string; industry?: string; description?: string }
export type SnapshotChoice = { id: string } | 'recommend' | 'none';
export interface CustomValue { name: string; value: string }
export interface NewTeamMember { firstName: string; lastName: string; email: string; role?: 'admin' | 'user'; type?: 'account' | 'agency' }
export interface PlanProvisioning { connectionId?: string; business: BusinessProfile; snapshot?: SnapshotChoice; customValues?: CustomValue[]; users?: NewTeamMember[]; existing?: 'adopt' | 'refuse' }
export interface StartProvisioning extends PlanProvisioning { planHash?: string }
export interface FieldChange { field: string; from: string | null; to: string | null }
export interface PlanAction { kind: 'create' | 'adopt' | 'load' | 'write' | 'invite' | 'verify' | 'skip' | 'manual'; step: string; subject: string; changes: FieldChange[]; note?: string }
export interface SnapshotDecision { id: string | null; name: string | null; chosenBy: 'person' | 'recommendation' | 'none'; confidence: number | null; reasons: string[]; runnersUp: { id: string; name: string; confidence: number }[] }
export interface ProvisioningPlan { planHash: string; connectionId: string; title: string; snapshot: SnapshotDecision; actions: PlanAction[]; calls: { company: number; location: number; polls: number }; estimateMs: number; warnings: string[]; manualTasks: string[]; createdAt: string; expiresAt: string }
export interface ProvisioningView { jobId: string; title: string; state: string; planHash: string; plan: ProvisioningPlan }
export interface Attention { code: string; cause: string; nextAction: string; step?: string | null }
export interface JobSummary { id: string; saga: string; title: string; state: RunState; direction: 'forward' | 'undo'; waitingFor: WaitingFor | null; continuesAt: string | null; attention: Attention | null; stepsDone: number; stepsTotal: number; createdBy: string; createdAt: string; updatedAt: string; finishedAt: string | null }
export interface JobStep { ordinal: number; name: string; title: string; state: StepState; startedAt: string | null; finishedAt: string | null; issueCount: number; via: 'direct' | 'search' | 'callback' | 'webhook' | 'human' | null; externalId: string | null; progress: { done: number; total: number; note?: string } | null; output?: unknown; evidence?: unknown; error: { kind: string; code: string; detail: string } | null; canUndo: boolean }
export interface JobDetail extends JobSummary { version: number; attempts: number; lastSeq: number; cancelRequested: boolean; steps: JobStep[]; actions: RunAction[]; output?: unknown }
export interface LogLine { seq: number; at: string; level: LogLevel; step: string | null; message: string; data: Record<string, unknown> | null }
export interface JobsPage { items: JobSummary[]; next: string | null }
export interface LogPage { lines: LogLine[]; lastSeq: number }
export interface UndoJob { confirm: string }
export interface AuditEntry { seq: number; at: string; actor: string; actorName: string | null; action: string; object: string | null; outcome: 'ok' | 'denied' | 'failed'; data: Record<string, unknown>; hash: string }
export interface AuditPage { items: AuditEntry[]; next: string | null }
export interface AuditVerdict { intact: boolean; entries: number; headHash: string | null; firstBad: { seq: number; reason: string } | null }
export interface AgencySettings { agencyName: string; recommendationThreshold: number; defaultUserRole: 'admin' | 'user'; timezone: string }
export interface Settings { settings: AgencySettings; version: string; updatedAt: string | null; updatedBy: string | null }
export interface ChangeSettings extends Partial<AgencySettings> { version: string }
export interface Dashboard { cards: { subAccounts: number; running: number; waiting: number; attention: number; successRate: number | null; medianDurationMs: number | null }; byState: { state: RunState; count: number }[]; overTime: { day: string; counts: Partial<Record<RunState, number>> }[]; connection: { status: 'active' | 'reconnect' | 'disconnected' | 'none'; companyName: string | null; mode: ProviderMode }; attention: JobSummary[]; recent: JobSummary[] }
