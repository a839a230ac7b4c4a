import type { AnyContract, ModelDetail, ModelSummary } from '@oriel/schemas';
import type { Engine } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { toContractSchemas } from './contract-schema.ts';

interface Needs {
  readonly contracts: Readonly<Record<string, AnyContract>>;
  readonly engine: Pick<Engine, 'models'>;
  /** The model card of each model that has one, in Markdown. */
  readonly cards: Readonly<Record<string, string>>;
}

export type ModelService = ReturnType<typeof createModelService>;

/** Tells what is served. */
export function createModelService({ contracts, engine, cards }: Needs) {
  return { list, get };

  /** @param visible - the only models the caller may know of; null for all */
  function list(visible: ReadonlySet<string> | null): ModelSummary[] {
    return visibleContracts(visible).map(toSummary);
  }

  /**
   * @param visible - the only models the caller may know of; null for all
   * @throws AppError MODEL_NOT_FOUND
   */
  function get(id: string, visible: ReadonlySet<string> | null): ModelDetail {
    const contract = visibleContracts(visible).find((each) => each.id === id);
    if (!contract) {
      throw new AppError(
        'MODEL_NOT_FOUND',
        `There is no model "${id}". Models: ${visibleContracts(visible)
          .map((each) => each.id)
          .join(', ')}.`,
      );
    }
    const status = statusOf(id);
    return {
      ...toSummary(contract),
      versions: (status?.versions ?? []).map((version) => ({
        ...version,
        inputs: version.inputs.map(({ dims, ...spec }) => ({ ...spec, dims: [...dims] })),
        outputs: version.outputs.map(({ dims, ...spec }) => ({ ...spec, dims: [...dims] })),
      })),
      batchSizeMax: status?.batchSizeMax ?? 1,
      contract: {
        ...toContractSchemas(contract),
        examples: contract.examples.map(({ title, input }) => ({ title, input })),
        ...(contract.media && { media: { field: contract.media.field, types: [...contract.media.types] } }),
      },
      card: cards[id] ?? null,
    };
  }

  function visibleContracts(visible: ReadonlySet<string> | null): AnyContract[] {
    return Object.values(contracts).filter(({ id }) => visible?.has(id) ?? true);
  }

  function statusOf(id: string) {
    return engine.models().find((model) => model.id === id);
  }

  function toSummary({ id, title, description, task }: AnyContract): ModelSummary {
    const status = statusOf(id);
    const version = status?.versions.find((each) => each.version === status.defaultVersion);
    return {
      id,
      title,
      description,
      task,
      defaultVersion: status?.defaultVersion ?? null,
      state: version?.state ?? 'failed',
    };
  }
}
