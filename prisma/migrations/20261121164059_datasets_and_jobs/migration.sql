-- CreateEnum
CREATE TYPE "dataset_state" AS ENUM ('importing', 'ready', 'failed');

-- CreateEnum
CREATE TYPE "job_state" AS ENUM ('queued', 'running', 'pausing', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "dataset" (
    "id" UUID NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "tags" TEXT[],
    "job_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dataset_version" (
    "dataset_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "state" "dataset_state" NOT NULL,
    "error" JSONB,
    "format" TEXT NOT NULL,
    "source_name" TEXT NOT NULL,
    "source_sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "parquet_sha256" TEXT,
    "row_count" BIGINT,
    "columns" JSONB NOT NULL,
    "profile" JSONB,
    "changes" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dataset_version_pkey" PRIMARY KEY ("dataset_id","version")
);

-- CreateTable
CREATE TABLE "dataset_share" (
    "dataset_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dataset_share_pkey" PRIMARY KEY ("dataset_id","user_id")
);

-- CreateTable
CREATE TABLE "job" (
    "id" UUID NOT NULL,
    "owner" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" "job_state" NOT NULL,
    "title" TEXT NOT NULL,
    "priority" INTEGER NOT NULL,
    "input" JSONB NOT NULL,
    "model" TEXT,
    "model_version" TEXT,
    "dataset_id" UUID,
    "dataset_version" INTEGER,
    "results_id" UUID,
    "summary" JSONB,
    "error" JSONB,
    "rows_total" BIGINT,
    "rows_done" BIGINT NOT NULL DEFAULT 0,
    "rows_failed" BIGINT NOT NULL DEFAULT 0,
    "rows_per_second" DOUBLE PRECISION,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "fruitless" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "lease" UUID,
    "turn" UUID,
    "webhook_url" TEXT,
    "webhook_secret" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_chunk" (
    "job_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "sha256" TEXT,
    "rows" INTEGER NOT NULL,
    "rows_failed" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_chunk_pkey" PRIMARY KEY ("job_id","index")
);

-- CreateTable
CREATE TABLE "job_event" (
    "job_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "job" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_event_pkey" PRIMARY KEY ("job_id","revision")
);

-- CreateTable
CREATE TABLE "job_schedule" (
    "id" UUID NOT NULL,
    "owner" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "job" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_run_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_schedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "owner" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "result_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("owner","operation","key")
);

-- CreateIndex
CREATE INDEX "dataset_owner_id_idx" ON "dataset"("owner", "id" DESC);

-- CreateIndex
CREATE INDEX "dataset_deleted_at_idx" ON "dataset"("deleted_at");

-- CreateIndex
CREATE INDEX "dataset_version_source_sha256_idx" ON "dataset_version"("source_sha256");

-- CreateIndex
CREATE INDEX "dataset_version_parquet_sha256_idx" ON "dataset_version"("parquet_sha256");

-- CreateIndex
CREATE INDEX "dataset_share_user_id_idx" ON "dataset_share"("user_id");

-- CreateIndex
CREATE INDEX "job_owner_id_idx" ON "job"("owner", "id" DESC);

-- CreateIndex
CREATE INDEX "job_owner_state_idx" ON "job"("owner", "state");

-- CreateIndex
CREATE INDEX "job_state_idx" ON "job"("state");

-- CreateIndex
CREATE INDEX "job_finished_at_idx" ON "job"("finished_at");

-- CreateIndex
CREATE INDEX "job_schedule_owner_id_idx" ON "job_schedule"("owner", "id" DESC);

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- AddForeignKey
ALTER TABLE "dataset_version" ADD CONSTRAINT "dataset_version_dataset_id_fkey" FOREIGN KEY ("dataset_id") REFERENCES "dataset"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dataset_share" ADD CONSTRAINT "dataset_share_dataset_id_fkey" FOREIGN KEY ("dataset_id") REFERENCES "dataset"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dataset_share" ADD CONSTRAINT "dataset_share_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_chunk" ADD CONSTRAINT "job_chunk_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_event" ADD CONSTRAINT "job_event_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
