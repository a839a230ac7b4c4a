import type { DatasetShare, ShareDatasetInput, UnshareDatasetInput } from '@oriel/schemas';
import type { AuditService } from '../auth/audit/service.ts';
import { AppError } from '../errors.ts';
import type { DatasetAccess } from './dataset-access.ts';
import type { Caller } from './intake.ts';
import { type StoredDataset, userIdOf } from './repository.ts';
import type { ShareRepository } from './share-repository.ts';

interface Needs {
  readonly access: Pick<DatasetAccess, 'getReadable' | 'getWritable'>;
  readonly repository: ShareRepository;
  readonly audit: Pick<AuditService, 'record'>;
  readonly now: () => Date;
}

/** Lets others read a dataset, and no more than that. */
export function createSharing({ access, repository, audit, now }: Needs) {
  return { share, unshare, leave, shares };

  /** @throws AppError NOT_FOUND also when nobody has that address, FORBIDDEN, CONFLICT for the owner's own */
  async function share(caller: Caller, { id, email }: ShareDatasetInput): Promise<DatasetShare[]> {
    const { owner } = await access.getWritable(caller.reach, id);
    const userId = await repository.findUserId(email);
    if (userId === null) throw new AppError('NOT_FOUND', `Nobody has an account with the address ${email}.`);
    if (owner === `user:${userId}`)
      throw new AppError('CONFLICT', 'The dataset is this person’s own: it needs no share.');
    if (await repository.insert(id, userId, now())) await tell(caller, 'dataset.shared', id, userId);
    return repository.list(id);
  }

  /** @throws AppError NOT_FOUND, FORBIDDEN */
  async function unshare(caller: Caller, { id, userId }: UnshareDatasetInput): Promise<DatasetShare[]> {
    await access.getWritable(caller.reach, id);
    if (!(await repository.delete(id, userId)))
      throw new AppError('NOT_FOUND', `The dataset is not shared with "${userId}".`);
    await tell(caller, 'dataset.unshared', id, userId);
    return repository.list(id);
  }

  /**
   * Ends a share for the person who it was made for; the dataset stays as it is for everybody else.
   *
   * @throws AppError NOT_FOUND, CONFLICT for the owner's own
   */
  async function leave(caller: Caller, id: string): Promise<StoredDataset> {
    const { owner } = caller.principal;
    const stored = await access.getReadable(caller.reach, id);
    if (stored.owner === owner)
      throw new AppError('CONFLICT', 'This dataset is your own: it is not shared with you.');
    const userId = userIdOf(owner);
    // an admin reads also what nobody shared
    if (userId === null || !(await repository.delete(id, userId)))
      throw new AppError('NOT_FOUND', `The dataset "${id}" is not shared with you.`);
    await tell(caller, 'dataset.unshared', id, userId);
    return stored;
  }

  /** @throws AppError NOT_FOUND, FORBIDDEN */
  async function shares({ reach }: Caller, id: string): Promise<DatasetShare[]> {
    await access.getWritable(reach, id);
    return repository.list(id);
  }

  function tell(by: Caller, action: 'dataset.shared' | 'dataset.unshared', id: string, userId: string) {
    return audit.record(by, { action, target: `dataset:${id}`, detail: { with: `user:${userId}` } });
  }
}
