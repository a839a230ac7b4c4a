import { z } from 'zod';
import { emailSchema } from './auth/user.ts';
import { itemErrorSchema } from './errors.ts';
import { modelIdSchema } from './model.ts';
import { nameText, plainText } from './plain-text.ts';
import { time } from './time.ts';

/** Longest name of a column, and most columns of a dataset. */
export const columnNameCharsMax = 256;
export const columnsMax = 5000;
/** Most rows on one page. */
export const rowsPageMax = 1000;

/**
 * What a column holds, and how its values look in JSON: `integer` and `number` are numbers, `bigint` (whole numbers
 * beyond 2^53) and `text` are strings, `date` is `2026-11-21`, `timestamp` RFC 3339 in UTC, `json` any JSON, `image` the
 * bytes of a file as base64.
 */
export const columnTypeSchema = z
  .enum(['boolean', 'integer', 'bigint', 'number', 'text', 'date', 'timestamp', 'json', 'image'])
  .meta({ id: 'ColumnType', description: 'What a column holds.' });
export type ColumnType = z.infer<typeof columnTypeSchema>;

export const columnSchema = z
  .object({ name: z.string(), type: columnTypeSchema })
  .meta({ id: 'Column', description: 'A column of a dataset.' });
export type Column = z.infer<typeof columnSchema>;

/** One value of a row as it travels. */
export const cellSchema = z
  .json()
  .meta({ id: 'Cell', description: 'A value of a row; null where there is none.' });
export type Cell = z.infer<typeof cellSchema>;
export const rowSchema = z
  .record(z.string(), cellSchema)
  .meta({ id: 'Row', description: 'A row: a value for each column that was asked for.' });
export type Row = Record<string, Cell>;

const extreme = z.union([z.number(), z.string(), z.boolean()]).nullable();

export const columnProfileSchema = z
  .object({
    name: z.string(),
    type: columnTypeSchema,
    nulls: z.int().meta({ description: 'Rows without a value.' }),
    notFinite: z
      .int()
      .meta({ description: 'Of those, rows that had NaN or an infinite number, which JSON does not have.' }),
    distinct: z.int().meta({ description: 'Different values, about.' }),
    min: extreme.meta({
      description: 'Least value, or first in the order of texts; null where there is none.',
    }),
    max: extreme,
    mean: z.number().nullable(),
    quantiles: z
      .object({ p05: extreme, p25: extreme, p50: extreme, p75: extreme, p95: extreme })
      .nullable()
      .meta({ description: 'Of numbers and times, about; null for other columns.' }),
    topValues: z.array(z.object({ value: cellSchema, count: z.int() })).meta({
      description:
        'The most frequent values, most frequent first; none where nearly all values differ from each other.',
    }),
    histogram: z
      .array(z.object({ from: z.number(), to: z.number(), count: z.int() }))
      .nullable()
      .meta({ description: 'Of numbers: ranges of equal width, the upper end of the last one included.' }),
  })
  .meta({ id: 'ColumnProfile', description: 'What is known of the values of a column.' });
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

export const datasetFormatSchema = z
  .enum(['csv', 'tsv', 'json', 'ndjson', 'parquet', 'images'])
  .meta({ id: 'DatasetFormat', description: 'How a file holds rows; `images` is a ZIP of image files.' });
export type DatasetFormat = z.infer<typeof datasetFormatSchema>;

export const datasetStateSchema = z
  .enum(['importing', 'ready', 'failed'])
  .meta({ id: 'DatasetState', description: 'Whether the rows can be used yet.' });
export type DatasetState = z.infer<typeof datasetStateSchema>;

export const schemaChangesSchema = z
  .object({
    added: z.array(columnSchema),
    removed: z.array(columnSchema),
    retyped: z.array(z.object({ name: z.string(), from: columnTypeSchema, to: columnTypeSchema })),
  })
  .meta({ id: 'SchemaChanges', description: 'How the columns differ from those of the version before.' });
export type SchemaChanges = z.infer<typeof schemaChangesSchema>;

export const datasetVersionSchema = z
  .object({
    version: z.int().min(1),
    state: datasetStateSchema,
    error: itemErrorSchema.nullable().meta({ description: 'Why it failed.' }),
    format: datasetFormatSchema,
    sourceName: z.string().meta({ description: 'What the file was called.' }),
    sourceSha256: z.string(),
    sizeBytes: z.int().meta({ description: 'Of the file as it came.' }),
    rows: z.int().nullable().meta({ description: 'Null until it is ready.' }),
    columns: z.array(columnSchema),
    changes: schemaChangesSchema.nullable().meta({ description: 'Null for the first version.' }),
    createdAt: time,
  })
  .meta({ id: 'DatasetVersion', description: 'The rows of a dataset at one time; never changed.' });
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

export const datasetSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    origin: z.enum(['upload', 'job']).meta({ description: 'Whether somebody sent it, or a job made it.' }),
    jobId: z.uuid().nullable().meta({ description: 'The job that made it.' }),
    isMine: z.boolean().meta({
      description:
        'False where it is somebody else’s: shared with the caller, who may read it only, or seen by an admin.',
    }),
    latest: datasetVersionSchema,
    createdAt: time,
    updatedAt: time,
    deletedAt: time.nullable().meta({ description: 'Can be restored until the grace period is over.' }),
  })
  .meta({ id: 'Dataset', description: 'Rows that somebody uploaded, or that a job made.' });
export type Dataset = z.infer<typeof datasetSchema>;

const nameSchema = nameText(200);
const descriptionSchema = z
  .string()
  .max(2000)
  .regex(/^[^\0]*$/, 'must not have NUL characters');
const tagSchema = nameText(50);
/** The same tag twice is there once. */
const tagsSchema = z
  .array(tagSchema)
  .max(20)
  .overwrite((tags) => [...new Set(tags)]);

/** What a dataset may be given when it is made, whichever way its rows come. */
export const datasetDetailsSchema = z.strictObject({
  name: nameSchema.optional().meta({ description: 'Left out: what the file is called.' }),
  description: descriptionSchema.default(''),
  tags: tagsSchema.default([]),
});
export type DatasetDetails = z.infer<typeof datasetDetailsSchema>;

export const createDatasetInputSchema = datasetDetailsSchema.extend({
  rows: z
    .array(z.record(z.string().max(columnNameCharsMax), cellSchema))
    .min(1)
    .optional()
    .meta({ description: 'The rows themselves, for small tables.' }),
  url: z.url().max(2048).optional().meta({ description: 'A public address to fetch the file from.' }),
  format: datasetFormatSchema.optional().meta({ description: 'Of the file at `url`; left out: found out.' }),
  datasetId: z
    .uuid()
    .optional()
    .meta({ description: 'A dataset that this is a new version of; a new dataset without it.' }),
  idempotencyKey: plainText(255).min(1).optional().meta({
    description: 'The same key and content make one dataset. REST takes the header Idempotency-Key too.',
  }),
});
export type CreateDatasetInput = z.infer<typeof createDatasetInputSchema>;

/** What comes beside the bytes of an upload: parameters of the query, or fields of a form. */
export const uploadDetailsSchema = createDatasetInputSchema.pick({
  name: true,
  description: true,
  tags: true,
  format: true,
  datasetId: true,
});
export type UploadDetails = z.infer<typeof uploadDetailsSchema>;

/** Of a version that is asked for; the database counts no further. */
export const versionNumberSchema = z.int().min(1).max(2_147_483_647);

export const datasetIdInputSchema = z.strictObject({ id: z.uuid() });
export const datasetVersionInputSchema = z.strictObject({
  id: z.uuid(),
  version: versionNumberSchema.optional().meta({ description: 'Left out: the latest that is ready.' }),
});
export type DatasetVersionInput = z.infer<typeof datasetVersionInputSchema>;

export const datasetVersionListSchema = z
  .object({ items: z.array(datasetVersionSchema) })
  .meta({ id: 'DatasetVersionList', description: 'Versions of a dataset, newest first.' });

export const shareDatasetInputSchema = z.strictObject({
  id: z.uuid(),
  email: emailSchema.meta({ description: 'Of a person with an account.' }),
});
export type ShareDatasetInput = z.infer<typeof shareDatasetInputSchema>;
export const unshareDatasetInputSchema = z.strictObject({ id: z.uuid(), userId: z.uuid() });
export type UnshareDatasetInput = z.infer<typeof unshareDatasetInputSchema>;

export const datasetShareSchema = z
  .object({ userId: z.uuid(), name: z.string(), email: z.string(), createdAt: time })
  .meta({ id: 'DatasetShare', description: 'A person who may read a dataset.' });
export type DatasetShare = z.infer<typeof datasetShareSchema>;
export const datasetShareListSchema = z
  .object({ items: z.array(datasetShareSchema) })
  .meta({ id: 'DatasetShareList', description: 'Who else may read a dataset, longest first.' });

export const updateDatasetInputSchema = z.strictObject({
  id: z.uuid(),
  name: nameSchema.optional(),
  description: descriptionSchema.optional(),
  tags: tagsSchema.optional(),
});
export type UpdateDatasetInput = z.infer<typeof updateDatasetInputSchema>;

export const listDatasetsInputSchema = z.strictObject({
  text: plainText(200).optional().meta({ description: 'Only those whose name has this in it.' }),
  tag: tagSchema.optional().meta({ description: 'Only those with this tag.' }),
  deleted: z
    .boolean()
    .default(false)
    .meta({ description: 'Those that can be restored, in place of the others.' }),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.uuid().optional().meta({ description: 'The `nextCursor` of the page before.' }),
});
export type ListDatasetsInput = z.infer<typeof listDatasetsInputSchema>;

export const datasetPageSchema = z
  .object({ items: z.array(datasetSchema), nextCursor: z.uuid().nullable() })
  .meta({ id: 'DatasetPage', description: 'A page of datasets, newest first.' });
export type DatasetPage = z.infer<typeof datasetPageSchema>;

/** A comparison of a column's value; what is compared must fit the column's type. */
export type RowFilter =
  | { and: RowFilter[] }
  | { or: RowFilter[] }
  | { column: string; op: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'; value: string | number | boolean }
  | { column: string; op: 'in'; values: (string | number | boolean)[] }
  | { column: string; op: 'contains'; value: string }
  | { column: string; op: 'isNull'; value: boolean };

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]);
const columnName = z.string().min(1).max(columnNameCharsMax);
const filtersMax = 100;

export const rowFilterSchema: z.ZodType<RowFilter, RowFilter> = z
  .union(
    [
      z.strictObject({
        get and() {
          return z.array(rowFilterSchema).min(1).max(filtersMax);
        },
      }),
      z.strictObject({
        get or() {
          return z.array(rowFilterSchema).min(1).max(filtersMax);
        },
      }),
      z.strictObject({
        column: columnName,
        op: z.enum(['eq', 'ne', 'lt', 'lte', 'gt', 'gte']),
        value: scalar,
      }),
      z.strictObject({ column: columnName, op: z.literal('in'), values: z.array(scalar).min(1).max(1000) }),
      z.strictObject({ column: columnName, op: z.literal('contains'), value: z.string().min(1).max(10_000) }),
      z.strictObject({ column: columnName, op: z.literal('isNull'), value: z.boolean() }),
    ],
    { error: 'must be a comparison of a column, or `and` or `or` with a list of them' },
  )
  .meta({ id: 'RowFilter', description: 'Which rows: a comparison, or several joined by `and` or `or`.' });

const selection = {
  id: z.uuid(),
  version: versionNumberSchema.optional().meta({ description: 'Left out: the latest that is ready.' }),
  columns: z.array(columnName).min(1).max(columnsMax).optional().meta({ description: 'Left out: all.' }),
  filter: rowFilterSchema.optional(),
  sort: z
    .array(z.strictObject({ column: columnName, order: z.enum(['asc', 'desc']).default('asc') }))
    .max(10)
    .optional()
    .meta({ description: 'Left out: the order of the file.' }),
};

export const listRowsInputSchema = z.strictObject({
  ...selection,
  limit: z.int().min(1).max(rowsPageMax).default(100),
  cursor: z.string().max(200).optional().meta({ description: 'The `nextCursor` of the page before.' }),
});
export type ListRowsInput = z.infer<typeof listRowsInputSchema>;

/** Rows by a plain address, for a browser or curl: no filters. */
export const firstRowsInputSchema = listRowsInputSchema.omit({ columns: true, filter: true, sort: true });
export type FirstRowsInput = z.infer<typeof firstRowsInputSchema>;

export const rowPageSchema = z
  .object({
    columns: z.array(columnSchema),
    rows: z.array(rowSchema),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'RowPage', description: 'A page of rows.' });
export type RowPage = z.infer<typeof rowPageSchema>;

export const exportFormatSchema = z.enum(['csv', 'ndjson', 'parquet']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;
export const exportRowsInputSchema = z.strictObject({
  ...selection,
  format: exportFormatSchema.default('csv'),
});
export type ExportRowsInput = z.infer<typeof exportRowsInputSchema>;

export const datasetProfileSchema = z
  .object({
    version: z.int(),
    rows: z.int(),
    columns: z.array(columnProfileSchema),
    preview: z.array(rowSchema).meta({ description: 'The first rows.' }),
  })
  .meta({ id: 'DatasetProfile', description: 'What is known of the values of a dataset.' });
export type DatasetProfile = z.infer<typeof datasetProfileSchema>;

/** Which column fills which field of a model's input; a field that none fills is left out of the input. */
export const columnMappingSchema = z
  .record(z.string().max(columnNameCharsMax), columnName)
  .meta({ id: 'ColumnMapping', description: 'For fields of a model’s input, the column that fills each.' });
export type ColumnMapping = z.infer<typeof columnMappingSchema>;

export const mappingInputSchema = datasetVersionInputSchema.extend({ model: modelIdSchema });
export type MappingInput = z.infer<typeof mappingInputSchema>;

export const proposedMappingSchema = z
  .object({
    mapping: columnMappingSchema,
    fields: z.array(
      z.object({
        field: z.string(),
        isRequired: z.boolean(),
        column: z.string().nullable().meta({ description: 'What is proposed; null: none fits.' }),
        reason: z.string().meta({ description: 'Why, for people.' }),
      }),
    ),
  })
  .meta({ id: 'ProposedMapping', description: 'Columns proposed for a model’s fields, by name and type.' });
export type ProposedMapping = z.infer<typeof proposedMappingSchema>;
