/** How long expressions take, of the whole process: who serves metrics shows these. */
import { Histogram } from '../base/metrics.ts';

/** Seconds. */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const compilationSeconds = new Histogram(durationBuckets);
export const evaluationSeconds = new Histogram(durationBuckets);
