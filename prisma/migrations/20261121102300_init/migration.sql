-- CreateEnum
CREATE TYPE "prediction_outcome" AS ENUM ('succeeded', 'failed');

-- CreateTable
CREATE TABLE "prediction" (
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "model_version" TEXT NOT NULL,
    "outcome" "prediction_outcome" NOT NULL,
    "error_code" TEXT,
    "caller" TEXT NOT NULL,
    "door" TEXT NOT NULL,
    "cached" BOOLEAN NOT NULL,
    "batch_size" INTEGER NOT NULL,
    "queue_ms" DOUBLE PRECISION NOT NULL,
    "compute_ms" DOUBLE PRECISION NOT NULL,
    "total_ms" DOUBLE PRECISION NOT NULL,
    "input" JSONB,
    "output" JSONB,
    "truncated" BOOLEAN NOT NULL,

    CONSTRAINT "prediction_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "prediction_model_id_idx" ON "prediction"("model", "id" DESC);

-- CreateIndex
CREATE INDEX "prediction_outcome_id_idx" ON "prediction"("outcome", "id" DESC);
