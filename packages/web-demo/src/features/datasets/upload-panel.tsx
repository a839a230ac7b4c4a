import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { FileDrop } from '../../components/file-drop.tsx';
import { Panel } from '../../components/panel.tsx';
import { acceptedFiles } from './accepted-files.ts';
import { FromUrlForm } from './from-url-form.tsx';
import { UploadList } from './upload-list.tsx';
import { useUploads } from './use-uploads.ts';

/** New datasets: from files of one's own, or from an address. */
export function UploadPanel() {
  const { uploads, start, stop, dismiss } = useUploads(null);
  const [isFromUrl, setFromUrl] = useState(false);
  return (
    <Panel
      title="New dataset"
      aside={!isFromUrl && <Button onClick={() => setFromUrl(true)}>From an address</Button>}
    >
      <div className="space-y-4">
        {isFromUrl && <FromUrlForm onDone={() => setFromUrl(false)} />}
        <FileDrop
          label="Files to upload"
          hint="or drop them here: CSV, TSV, JSON, NDJSON, Parquet, or a ZIP of images"
          accept={acceptedFiles}
          isMultiple
          onFiles={start}
        />
        <UploadList uploads={uploads} onStop={stop} onDismiss={dismiss} />
      </div>
    </Panel>
  );
}
