import { giveWayToLiveWork } from '../../give-way.ts';

// before anything else is loaded, which takes a thread a tenth of a second of its core
giveWayToLiveWork();
const { runTask } = await import('./run-chunk-task.ts');

export { runTask };
