/** The files that can be read, as the browser's own dialogue wants them. The server looks at what is in them. */
export const acceptedFiles = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.parquet,.gz,.zip';
