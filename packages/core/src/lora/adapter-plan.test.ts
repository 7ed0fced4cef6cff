import { describe, expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { InvalidOptionError } from '../errors.ts';
import { parseModelConfig } from '../model/config-schema.ts';
import { createModel } from '../model/create-model.ts';
import type { WeightRef } from '../tensor/op.ts';
import { loraMethod } from '../train/method.ts';
import { adapterShapes, fitToPlan, initialiseAdapter } from './adapter.ts';
import { planAdapter } from './adapter-plan.ts';
import { type AdapterSpec, checkAdapterSpec, defaultAdapterSpec } from './adapter-spec.ts';
import { isSavedTensor, layerNumber, matchPattern, patternProblem } from './module-pattern.ts';

const neo = createModel(
  parseModelConfig(
    {
      model_type: 'gpt_neo',
      hidden_size: 16,
      num_layers: 4,
      num_heads: 2,
      vocab_size: 32,
      attention_types: [[['global', 'local'], 2]],
    },
    'config.json',
  ),
);
const plan = (spec: Partial<AdapterSpec>) => planAdapter(neo, { ...defaultAdapterSpec, ...spec });
const paths = (spec: Partial<AdapterSpec>) => plan(spec).adapted.map(({ linear }) => linear.path);
const whole = (spec: Partial<AdapterSpec>) => plan(spec).whole.map(({ name }) => name);

describe('the plan of an adapter', () => {
  it('finds the linears of the model in hand', () => {
    expect(paths({ targetModules: ['out_proj', 'c_fc'], layers: [2] })).toEqual([
      'transformer.h.2.attn.attention.out_proj',
      'transformer.h.2.mlp.c_fc',
    ]);
    expect(() => plan({ targetModules: ['o_proj'] })).toThrow(
      'no linear is named "o_proj"; this model has q_proj, k_proj, v_proj, out_proj, c_fc, c_proj, or use "all-linear"',
    );
    expect(() => plan({ layers: [4] })).toThrow('option "layers" leave no target module; this model has layers 0 to 3');
    expect(() => plan({ layers: [0], targetModules: 'all-linear' })).toThrow(/cannot be combined with "all-linear"/);
  });

  it('leaves out what is excluded, and refuses the head', () => {
    const spec = { targetModules: 'all-linear', excludeModules: ['c_fc', 'h.0.attn.attention.q_proj'] } as const;
    const all = paths({ targetModules: 'all-linear' });
    const left = all.filter((path) => !path.endsWith('.c_fc') && !path.endsWith('h.0.attn.attention.q_proj'));
    expect(paths(spec)).toEqual(left);
    expect(left).toHaveLength(all.length - 5);
    expect(() => plan({ targetModules: ['c_fc'], excludeModules: ['c_fc'] })).toThrow(
      /"excludeModules" leaves no target/,
    );
    expect(() => plan({ targetModules: ['q_proj', 'lm_head'] })).toThrow(/cannot name lm_head: .*modulesToSave/);
  });

  it('gives each module its rank and scale', () => {
    const { adapted } = plan({
      rank: 8,
      alpha: 16,
      targetModules: ['q_proj', 'c_fc'],
      layers: [0, 1],
      rankPattern: { 'h.1.mlp.c_fc': 2, q_proj: 4 },
      alphaPattern: { '^transformer.h.0.mlp.c_fc': 32 },
    });
    expect(adapted.map(({ rank, scale }) => [rank, scale])).toEqual([
      [4, 4],
      [8, 4],
      [4, 4],
      [2, 8],
    ]);
    expect(plan({ rank: 4, rsLora: true }).adapted[0]!.scale).toBe(8);
  });

  it('takes modules to save whole, and leaves their linears without an update', () => {
    expect(whole({ modulesToSave: ['wte', 'h.3.mlp'] })).toEqual([
      'transformer.wte.weight',
      'transformer.h.3.mlp.c_fc.weight',
      'transformer.h.3.mlp.c_fc.bias',
      'transformer.h.3.mlp.c_proj.weight',
      'transformer.h.3.mlp.c_proj.bias',
    ]);
    expect(paths({ targetModules: ['c_fc'], modulesToSave: ['h.3.mlp'] })).toHaveLength(3);
    expect(() => plan({ modulesToSave: ['embed_tokens'] })).toThrow(
      /option "modulesToSave" names no module: "embed_tokens"; this model has wte, lm_head, wpe, q_proj, /,
    );
  });

  it('a tied head is a matrix of its own, unless it follows the embedding', () => {
    expect(whole({ modulesToSave: ['lm_head'] })).toEqual(['lm_head.weight']);
    expect(plan({ modulesToSave: ['wte'] }).tiedHead).toBeNull();
    const tied = plan({ modulesToSave: ['wte', 'lm_head'], ensureWeightTying: true });
    expect(tied.tiedHead).toBe('lm_head.weight');
    expect(tied.whole.map(({ name }) => name)).toEqual(['transformer.wte.weight']);
  });

  it('with lora_only takes the biases of adapted linears that have one', () => {
    const targetModules = ['q_proj', 'out_proj'];
    expect(whole({ bias: 'lora_only', targetModules, layers: [1] })).toEqual([
      'transformer.h.1.attn.attention.out_proj.bias',
    ]);
    expect(whole({ targetModules })).toEqual([]);
  });
});

describe('values for a plan', () => {
  const spec = { ...defaultAdapterSpec, modulesToSave: ['ln_f'] };
  const weights = new Map<string, WeightRef>();

  it('must be given where tensors are trained whole', () => {
    const build = () => loraMethod(neo, weights, spec, createRandom(1));
    expect(build).toThrow(InvalidOptionError);
    expect(build).toThrow('option "start" has no values for "transformer.ln_f.weight" [16]');
  });

  it('must fit, name by name', () => {
    const small = planAdapter(neo, defaultAdapterSpec);
    const values = initialiseAdapter(small.adapted, createRandom(1));
    expect([...fitToPlan(small, values).keys()]).toEqual([...adapterShapes(small).keys()]);
    const extra = new Map(values).set('x.weight', { shape: [1], data: new Float32Array(1) });
    expect(() => fitToPlan(small, extra)).toThrow('has values for "x.weight", which this adapter does not train');
    expect(() => fitToPlan(planAdapter(neo, { ...defaultAdapterSpec, rank: 2 }), values)).toThrow(
      '"transformer.h.0.attn.attention.q_proj.lora_A.weight" is [8, 16], expected [2, 16]',
    );
  });

  it('decay as in transformers: matrices do, norms and biases do not', () => {
    const whole = { ...spec, modulesToSave: ['ln_f', 'wte'] };
    const start = new Map(
      [...adapterShapes(planAdapter(neo, whole))].map(([name, shape]) => [
        name,
        { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]),
    );
    const { decays, initial } = loraMethod(neo, weights, whole, createRandom(1), start);
    expect([...initial.keys()].filter((name) => !decays(name))).toEqual([
      'transformer.ln_f.weight',
      'transformer.ln_f.bias',
    ]);
  });
});

describe('patterns as in PEFT', () => {
  const path = 'model.layers.11.self_attn.q_proj';
  it.each([
    ['q_proj', true],
    ['self_attn.q_proj', true],
    ['layers.11.self_attn.q_proj', true],
    ['layers.1.self_attn.q_proj', false],
    ['_proj', false],
    ['^q_proj', false],
    ['^model.layers.11.self_attn.q_proj', true],
    ['layers\\.\\d+\\.self_attn\\.(q|k)_proj', true],
    ['self_attn.*', true],
    ['k_proj|q_proj', true],
  ])('%s', (pattern, matches) => {
    expect(patternProblem(pattern)).toBeNull();
    expect(matchPattern({ [pattern]: 1 }, path)).toBe(matches ? 1 : undefined);
  });

  it.each(['(a+)+', 'a{2,}', '[ab]', 'a?', '.*.*.*.*', 'x'.repeat(201), '(', 'a\\1'])('%s is refused', (pattern) => {
    expect(patternProblem(pattern)).not.toBeNull();
    const check = () => checkAdapterSpec({ ...defaultAdapterSpec, rankPattern: { [pattern]: 2 } });
    expect(check).toThrow(/^option "rankPattern" key /);
  });

  it.each([
    [path, [], 11],
    ['transformer.h.3.mlp.c_fc', [], 3],
    ['transformer.h.3.mlp.c_fc', ['h'], 3],
    ['transformer.h.3.mlp.c_fc', ['transformer.h'], 3],
    ['transformer.h.3.mlp.c_fc', ['layers'], undefined],
    ['model.layers.1.experts.7.w1', [], 1],
    ['model.layers.1.experts.7.w1', ['experts'], 7],
    ['h.3.mlp', [], undefined], // PEFT wants something before the list
    ['lm_head', [], undefined],
  ])('the layer of %s behind %j is %s', (module, behind, layer) => {
    expect(layerNumber(module, behind)).toBe(layer);
  });

  it.each([
    ['model.norm.weight', 'norm', true],
    ['model.layers.0.input_layernorm.weight', 'norm', true],
    ['model.layers.0.mlp.up_proj.weight', 'mlp', true],
    ['lm_head.weight', 'lm_head', true],
    ['lm_head.weight', 'weight', false],
    ['model.embed_tokens.weight', 'tokens', true],
    ['model.embed_tokens.weight', 'embed', false],
  ])('%s is in %s: %s', (tensor, module, saved) => {
    expect(isSavedTensor(tensor, [module])).toBe(saved);
  });
});
