import type { ModelDetail } from '@oriel/schemas';
import { formatBytes } from '../../lib/format.ts';
import { ModelState } from './model-state.tsx';

type Version = ModelDetail['versions'][number];

/** The versions of a model with the tensors of each. */
export function VersionTable({ versions }: { versions: readonly Version[] }) {
  if (versions.length === 0)
    return <p className="text-sm text-muted">This model has no version that can be served.</p>;
  return (
    <ul className="space-y-4">
      {versions.map((version) => (
        <li key={version.version}>
          <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
            Version {version.version} <ModelState state={version.state} />
            <span className="font-normal text-muted">{formatBytes(version.sizeBytes)}</span>
          </p>
          {version.reason && <p className="mt-1 text-sm text-danger">{version.reason}</p>}
          <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-sm">
            <Tensors title="Inputs" tensors={version.inputs} />
            <Tensors title="Outputs" tensors={version.outputs} />
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Tensors({ title, tensors }: { title: string; tensors: Version['inputs'] }) {
  return (
    <>
      <dt className="text-muted">{title}</dt>
      <dd className="font-mono text-[0.8125rem] wrap-anywhere">
        {tensors
          .map(({ name, dtype, dims }) => `${name}: ${dtype}[${dims.map((dim) => dim ?? '?').join(', ')}]`)
          .join('; ')}
      </dd>
    </>
  );
}
