import { PageHeading } from '../../components/page-heading.tsx';
import { DatasetsPanel } from './datasets-panel.tsx';
import { UploadPanel } from './upload-panel.tsx';

/** Rows that were uploaded or made by jobs: those of the person who is signed in, and those shared with it. */
export function DatasetsPage() {
  return (
    <>
      <PageHeading title="Datasets">
        Bring a file, look at what is in it, and have every row scored by a model.
      </PageHeading>
      <UploadPanel />
      <DatasetsPanel />
    </>
  );
}
