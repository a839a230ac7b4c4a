import { type ComponentType, lazy } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/**
 * A part of the page whose code comes when it is first shown. Where it cannot be had, e.g. since a newer version of the
 * server is running, that is said in its place; what is thrown there instead would leave nothing of the page.
 */
export function lazyPart<Props extends object>(name: string, load: () => Promise<ComponentType<Props>>) {
  const NotLoaded = () => <PartNotLoaded name={name} />;
  return lazy(async () => ({ default: await load().catch((): ComponentType<Props> => NotLoaded) }));
}

function PartNotLoaded({ name }: { name: string }) {
  return (
    <Notice tone="error" title={`${name} could not be loaded`}>
      <Button className="mt-2" onClick={() => window.location.reload()}>
        Load the page again
      </Button>
    </Notice>
  );
}
