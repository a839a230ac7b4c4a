import type * as models from '@oriel/models';
import type { AnyContract } from '@oriel/schemas';
import { auditProcedures } from './auth/audit/router.ts';
import { keyProcedures } from './auth/keys/router.ts';
import { clientProcedures, tokenProcedures } from './auth/oauth/router.ts';
import { authProcedures } from './auth/sign-in/router.ts';
import { userProcedures } from './auth/users/router.ts';
import { datasetProcedures } from './datasets/router.ts';
import { jobProcedures } from './jobs/router.ts';
import { modelProcedures } from './models/router.ts';
import { modelRouters } from './predictions/model-router.ts';
import { predictionProcedures } from './predictions/router.ts';
import { checkAccessDeclared, router } from './trpc/procedures.ts';

/**
 * Puts the features' procedures together around a set of contracts.
 *
 * @throws Error when a procedure does not declare who may call it
 */
export function createAppRouter<const T extends Readonly<Record<string, AnyContract>>>(contracts: T) {
  for (const name of Object.keys(modelProcedures)) {
    if (name in contracts)
      throw new Error(`A model may not be called "${name}": the API has a procedure of that name.`);
  }
  const appRouter = router({
    models: { ...modelProcedures, ...modelRouters(contracts) },
    predictions: predictionProcedures,
    datasets: datasetProcedures,
    jobs: jobProcedures,
    auth: { ...authProcedures, tokens: tokenProcedures },
    keys: keyProcedures,
    clients: clientProcedures,
    users: userProcedures,
    audit: auditProcedures,
  });
  checkAccessDeclared(appRouter._def.procedures);
  return appRouter;
}

/** The API with the models of this repository. Clients import this type and nothing else of the server. */
export type AppRouter = ReturnType<typeof createAppRouter<typeof models>>;
