/** AdamW as graphs, so that moments and parameters never leave the engine. Loshchilov and Hutter 2019, arXiv:1711.05101. */
import { type Graph, GraphBuilder } from '../tensor/graph.ts';
import { add, div, input, minimum, mul, sqrt, sub, sumAll } from '../tensor/ops.ts';

/** Settings of AdamW. Source: Loshchilov and Hutter 2019, arXiv:1711.05101. */
export interface AdamWOptions {
  /** Decay of the mean of gradients. */
  readonly beta1: number;
  /** Decay of the mean of squared gradients. */
  readonly beta2: number;
  /** Added to the root of that mean. */
  readonly epsilon: number;
  /** Decoupled: each step multiplies a decaying parameter by 1 - rate · weightDecay. */
  readonly weightDecay: number;
  /**
   * Bits of a moment: 8 holds those of every tensor from 4,096 elements in blocks with a scale each, a quarter of the memory.
   * For full fine-tuning and large adapters; left out, 32.
   */
  readonly stateBits?: 8 | 32 | undefined;
}

export const defaultAdamW: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly decays: boolean;
}

/** Feeds and outputs of one parameter in the update graph. */
export const slotNames = (name: string) =>
  ({
    value: `value:${name}`,
    gradient: `gradient:${name}`,
    mean: `mean:${name}`,
    variance: `variance:${name}`,
  }) as const;

/** `norm`: the Euclidean norm of all gradients together. */
export function buildGradientNorm(parameters: readonly ParameterShape[]): Graph {
  const graph = new GraphBuilder();
  const squares = parameters.map(({ name, shape }) => {
    const gradient = input(graph, slotNames(name).gradient, 'f32', shape);
    return sumAll(mul(gradient, gradient));
  });
  return graph.finish({ norm: sqrt(squares.reduce(add)) });
}

/**
 * One update of every parameter. Beside each parameter's four slots it takes scalars:
 * `rate`; `correction1` and `correction2`, 1 - beta^t at step t from 1; `clip`, maxNorm / (norm + 1e-6), of which at
 * most 1 is used, as in `torch.nn.utils.clip_grad_norm_`.
 */
export function buildAdamW(parameters: readonly ParameterShape[], options: AdamWOptions): Graph {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const graph = new GraphBuilder();
  const scalar = (name: string) => input(graph, name, 'f32', []);
  const rate = scalar('rate');
  const meanCorrection = scalar('correction1');
  const varianceCorrection = sqrt(scalar('correction2'));
  const clip = minimum(scalar('clip'), 1);
  const stepSize = div(rate, meanCorrection);
  const outputs = parameters.flatMap(({ name, shape, decays }) => {
    const slots = slotNames(name);
    const tensor = (slot: string) => input(graph, slot, 'f32', shape);
    const value = tensor(slots.value);
    const gradient = mul(tensor(slots.gradient), clip);
    const oldMean = tensor(slots.mean);
    const mean = add(oldMean, mul(sub(gradient, oldMean), 1 - beta1));
    const variance = add(mul(tensor(slots.variance), beta2), mul(mul(gradient, gradient), 1 - beta2));
    const divisor = add(div(sqrt(variance), varianceCorrection), epsilon);
    const decayed = decays && weightDecay !== 0 ? mul(value, sub(1, mul(rate, weightDecay))) : value;
    return [
      [slots.value, sub(decayed, mul(stepSize, div(mean, divisor)))],
      [slots.mean, mean],
      [slots.variance, variance],
    ] as const;
  });
  return graph.finish(Object.fromEntries(outputs));
}
