import type { ModelService } from './models/service.ts';
import type { PredictionService } from './predictions/service.ts';

/** The services that routers may call. */
export interface Services {
  readonly models: ModelService;
  readonly predictions: PredictionService;
}
