/** Says before a run begins that it may not fit: the system ends a process that takes too much, and nobody is told why. */
import type { EngineChoice, FineTuneInputs, FineTuneOptions } from '@alpacare/core';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * @param freeBytes  memory that this process can still take
 * @returns undefined where the run fits, or where it is not this machine's memory that holds it
 */
export async function memoryWarning(
  { train = {}, adapter, full, quantize, model }: FineTuneOptions,
  { opened, prepared }: FineTuneInputs,
  { engine, device }: Pick<EngineChoice, 'engine' | 'device'>,
  freeBytes: number,
): Promise<string | undefined> {
  if (engine !== 'onnx' || device !== 'cpu') return undefined;
  const { defaultTrainOptions, estimateRun } = await import('@alpacare/core');
  const lengths = prepared.split.train.map(({ example }) => example.inputIds.length);
  const estimate = estimateRun(
    opened,
    {
      batch: train.batchSize ?? defaultTrainOptions.batchSize,
      length: lengths.reduce((most, length) => Math.max(most, length), 1),
      full: full !== undefined,
      quantize: quantize?.dtype,
      ...(quantize?.doubleQuantization && { doubleQuantization: true }),
      ...(adapter && { adapter }),
      ...(train.int8 && { int8: train.int8 }),
      ...(train.checkpointing && { checkpointing: true }),
      ...(train.optimizer?.stateBits && { stateBits: train.optimizer.stateBits }),
    },
    freeBytes,
  );
  const { totalBytes } = estimate;
  if (totalBytes <= freeBytes) return undefined;
  const { largestBatch } = estimate;
  const way =
    largestBatch > 0
      ? `--batch-size ${largestBatch} would fit`
      : 'not even one example fits: hold the base in fewer bits (--quantize int8), or take a smaller model';
  return `the run needs about ${gigabytes(totalBytes)} and ${gigabytes(freeBytes)} are free; ${way}. Part by part: alpacare estimate --model ${model}`;
}
