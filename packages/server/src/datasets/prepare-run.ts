import type { AnyContract, ColumnMapping, MappingInput, ProposedMapping } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import type { DatasetAccess, ReadyVersion } from './dataset-access.ts';
import type { Caller } from './intake.ts';
import { createRowMapper } from './map-row.ts';
import { proposeMapping } from './propose-mapping.ts';

/** What is to be done with a dataset and a model. */
export interface RunRequest {
  readonly datasetId: string;
  /** The latest that is ready without it. */
  readonly datasetVersion?: number | undefined;
  readonly model: string;
  /** As proposed without it. */
  readonly mapping?: ColumnMapping | undefined;
}

/** A run that can begin: its version is there, and its mapping fits. */
export interface PreparedRun {
  readonly source: ReadyVersion;
  readonly contract: AnyContract;
  readonly mapping: ColumnMapping;
}

/** A caller, and the only models that it may know of; null for all. */
export interface ModelCaller extends Caller {
  readonly principal: Caller['principal'] & { readonly models: ReadonlySet<string> | null };
}

export interface RunNeeds {
  readonly access: Pick<DatasetAccess, 'getReady'>;
  readonly contracts: Readonly<Record<string, AnyContract>>;
}

/** Brings datasets and models together, before a job begins. */
export function createRunPreparation({ access, contracts }: RunNeeds) {
  return { mapping, prepareRun };

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, MODEL_NOT_FOUND */
  async function mapping(
    caller: ModelCaller,
    { id, version, model }: MappingInput,
  ): Promise<ProposedMapping> {
    const contract = getContract(caller, model);
    const { columns } = await access.getReady(caller.reach, id, version);
    return proposeMapping(contract, columns);
  }

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, MODEL_NOT_FOUND, INPUT_INVALID when the mapping does not fit */
  async function prepareRun(caller: ModelCaller, request: RunRequest): Promise<PreparedRun> {
    const contract = getContract(caller, request.model);
    const source = await access.getReady(caller.reach, request.datasetId, request.datasetVersion);
    const mapping = request.mapping ?? proposeMapping(contract, source.columns).mapping;
    createRowMapper(contract, source.columns, mapping);
    return { source, contract, mapping };
  }

  function getContract({ principal }: ModelCaller, model: string): AnyContract {
    const contract = Object.hasOwn(contracts, model) ? contracts[model] : undefined;
    if (!contract || principal.models?.has(model) === false)
      throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}".`);
    return contract;
  }
}
