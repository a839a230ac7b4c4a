import { type ErrorCode, errorKindOf } from '@oriel/schemas';
import { transportOfKind } from '../errors.ts';

/** What each code means and what to do about it; the pages that problem documents point at. */
const adviceOf: Record<ErrorCode, string> = {
  INPUT_INVALID:
    'The input breaks the contract. `issues` names each field, the rule and what was expected. Mend it and send it again.',
  BODY_MALFORMED:
    'The body could not be read, e.g. it is not valid JSON. Check the body and its content-type.',
  DATASET_UNREADABLE:
    'The file cannot be read as a table. The message says where and why; mend that place and upload it again.',
  UPLOAD_INCOMPLETE: 'The upload ended before all of the file was there. Nothing was kept; send it again.',
  URL_REFUSED:
    'The server does not fetch from or call that address: it is not public, not HTTP, on a port that is not allowed, or answered with a failure.',
  UNAUTHENTICATED:
    'Sign in, or send an API key or access token: Authorization: Bearer …. One that was sent is mistyped, expired or revoked.',
  FORBIDDEN:
    'The caller is known and may not do this. The message names what is missing, e.g. a scope of the API key.',
  CROSS_SITE_REFUSED:
    'A page of another site sent this with the cookie of a session. Call from this server’s own pages, or ask its operator to list the origin in ORIEL_CORS_ORIGINS. Programs send an API key or a token instead of a cookie.',
  NOT_FOUND: 'It is not there, or not for this caller to see.',
  MODEL_NOT_FOUND: 'No model has that id. GET /api/v1/models lists those there are.',
  MODEL_VERSION_NOT_FOUND: 'The model has no such version. GET /api/v1/models/{id} lists its versions.',
  ROUTE_NOT_FOUND: 'There is nothing at that path. The API is described at /docs.',
  METHOD_NOT_ALLOWED: 'The path takes another HTTP method.',
  REQUEST_TIMEOUT: 'The request took too long to arrive. Send it faster, or in smaller parts.',
  CONFLICT: 'What is there stands in the way, e.g. the name is taken, or somebody else has changed it.',
  DATASET_NOT_READY: 'The dataset is still being read, or could not be read. GET it to see its state.',
  JOB_TRANSITION_REFUSED: 'The job is not in a state in which that can be done to it, e.g. it has ended.',
  IDEMPOTENCY_KEY_IN_FLIGHT:
    'A request with the same Idempotency-Key is being worked on. Try again in a moment to get its answer.',
  IDEMPOTENCY_KEY_REUSED:
    'The Idempotency-Key was used before with another body. Use a new key for a new request.',
  TABLE_MEMORY_EXCEEDED:
    'What was asked of a dataset takes more memory than the server works on tables with. Ask for fewer columns or rows, or leave out the order; or ask its operator to raise ORIEL_TABLE_MEMORY_MB.',
  BODY_TOO_LARGE:
    'The body is larger than this server accepts. Send less, or ask its operator to raise ORIEL_BODY_BYTES_MAX, or ORIEL_UPLOAD_BYTES_MAX for files of datasets.',
  URL_TOO_LONG: 'The URL is longer than this server accepts. Send the input in the body of a POST.',
  HEADERS_TOO_LARGE:
    'The headers are too many, or together too large. Send fewer; cookies of other programs on the same host count too.',
  MEDIA_TYPE_UNSUPPORTED: 'The operation does not read that content-type. Most read application/json.',
  RATE_LIMITED: 'This caller or its address asks too often. Try again after Retry-After seconds.',
  QUOTA_EXCEEDED:
    'The API key has used up its quota of the day. Try again after Retry-After seconds, or ask for a larger quota.',
  JOB_LIMIT_REACHED: 'The caller has as many jobs waiting and running as it may have. Wait for one to end.',
  REQUEST_CANCELLED: 'The caller went away before the answer was there.',
  PREDICTION_FAILED:
    'The model could not answer this input. The server log has the cause under the request id.',
  WORKER_CRASHED:
    'The input made the model’s worker thread end. Do not send the same input again; report it with the request id.',
  INTERNAL: 'Something went wrong on the server. Report it with the request id.',
  MODEL_NOT_READY: 'The model is loading, or does not agree with its contract. GET /health/ready says which.',
  ENGINE_OVERLOADED:
    'More waits for this model than the server accepts. Try again after Retry-After seconds.',
  SERVER_OVERLOADED:
    'More connections are open than this server accepts. Try again after Retry-After seconds.',
  SERVER_STOPPING:
    'This process finishes what it accepted and takes nothing new. Try again: another may answer.',
  DATABASE_UNAVAILABLE: 'The database does not answer. Predictions go on; what is stored cannot be read now.',
  STORAGE_UNAVAILABLE: 'The storage of files does not answer, or has no room left. Try again in a moment.',
  DEADLINE_EXCEEDED: 'The answer was not there in time. Try again later or with a longer deadline.',
};

const rows = Object.entries(adviceOf)
  .map(([code, advice]) => {
    // adviceOf's keys are exactly the codes
    const { status, title } = transportOfKind[errorKindOf[code as ErrorCode]];
    return `<tr id="${code.toLowerCase().replaceAll('_', '-')}"><td><code>${code}</code></td><td>${status} ${title}</td><td>${advice}</td></tr>`;
  })
  .join('\n');

export const errorsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Errors – Oriel</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: .5rem 1rem .5rem 0; border-bottom: 1px solid #8886 }
td { overflow-wrap: anywhere } td:first-child { white-space: nowrap }
@media (max-width: 50rem) {
  thead { position: absolute; clip-path: inset(50%) }
  tr { display: block; padding: .75rem 0; border-bottom: 1px solid #8886 }
  td { display: block; padding: 0; border: 0 }
}
tr:target { background: #fc08 }
</style>
</head>
<body>
<h1>Errors</h1>
<p>Every error carries one of these codes, in the problem document of REST (RFC 9457) and in <code>error.data.problem</code> of tRPC.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>What to do</th></tr></thead><tbody>
${rows}
</tbody></table>
<p><a href="/docs">API reference</a></p>
</body>
</html>
`;
