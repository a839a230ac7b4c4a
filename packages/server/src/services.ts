import type { AuditService } from './auth/audit/service.ts';
import type { KeyService } from './auth/keys/service.ts';
import type { ClientService } from './auth/oauth/client-service.ts';
import type { TokenService } from './auth/oauth/token-service.ts';
import type { SignInService } from './auth/sign-in/service.ts';
import type { UserService } from './auth/users/service.ts';
import type { DatasetService } from './datasets/service.ts';
import type { DatasetJobs } from './jobs/dataset-jobs.ts';
import type { ScheduleService } from './jobs/schedules.ts';
import type { JobService } from './jobs/service.ts';
import type { ModelService } from './models/service.ts';
import type { InferenceService } from './open-inference/service.ts';
import type { PredictionService } from './predictions/service.ts';

/** The services that routers may call. */
export interface Services {
  readonly audit: AuditService;
  readonly clients: ClientService;
  readonly datasetJobs: DatasetJobs;
  readonly datasets: DatasetService;
  readonly inference: InferenceService;
  readonly jobs: JobService;
  readonly keys: KeyService;
  readonly models: ModelService;
  readonly predictions: PredictionService;
  readonly schedules: ScheduleService;
  readonly signIn: SignInService;
  readonly tokens: TokenService;
  readonly users: UserService;
}
