import { expect, it } from 'vitest';
import { ReferenceEngine } from '../engine/reference/reference-engine.ts';
import { GraphError } from '../errors.ts';
import { GraphBuilder } from '../tensor/graph.ts';
import {
  add,
  gather,
  input,
  matmul,
  minimum,
  mul,
  neg,
  parameter,
  rmsNorm,
  silu,
  sumAll,
  tanh,
} from '../tensor/ops.ts';
import { backward } from './backward.ts';
import { checkGradient } from './check-gradient.ts';

it('a value used twice collects both gradients', async () => {
  const graph = new GraphBuilder();
  const x = parameter(graph, 'x', [3]);
  const y = mul(tanh(x), add(x, x));
  const [dx] = backward(sumAll(y), [x]);
  const program = await new ReferenceEngine().compile(graph.finish({ loss: sumAll(y), dx: dx! }));
  const at = Float64Array.of(0.3, -1.2, 2);
  const evaluate = (data: Float64Array) => program.evaluate(new Map([['x', { shape: [3], data }]]));
  const { relativeError } = await checkGradient(
    (data) => evaluate(data).get('loss')!.data[0]!,
    at,
    evaluate(at).get('dx')!.data,
  );
  expect(relativeError).toBeLessThan(1e-8);
});

it('gradients come in the order of the targets, which may be inner nodes', async () => {
  const graph = new GraphBuilder();
  const a = parameter(graph, 'a', [2]);
  const b = parameter(graph, 'b', [2]);
  const inner = mul(a, b);
  const [db, dInner, da] = backward(sumAll(mul(inner, 3)), [b, inner, a]);
  const program = await new ReferenceEngine().compile(graph.finish({ da: da!, db: db!, dInner: dInner! }));
  const f64 = (...data: number[]) => ({ shape: [2], data: Float64Array.from(data) });
  const out = program.evaluate(
    new Map([
      ['a', f64(1, 2)],
      ['b', f64(5, 7)],
    ]),
  );
  expect([...out.get('da')!.data]).toEqual([15, 21]);
  expect([...out.get('db')!.data]).toEqual([3, 6]);
  expect([...out.get('dInner')!.data]).toEqual([3, 3]);
});

it('nothing is built for a branch without a target', () => {
  const graph = new GraphBuilder();
  const x = input(graph, 'x', 'f32', ['T', 4]);
  const frozen = input(graph, 'frozen', 'f32', [4, 4]);
  const w = parameter(graph, 'w', [4, 2]);
  const loss = sumAll(matmul(tanh(matmul(x, frozen)), w));
  const [dw] = backward(loss, [w]);
  const kinds = graph.finish({ loss, dw: dw! }).nodes.map((n) => n.kind);
  // Forward: two matmuls. Backward: one, for w; none through tanh.
  expect(kinds.filter((k) => k === 'matmul')).toHaveLength(3);
  expect(kinds.filter((k) => k === 'mul' || k === 'sub')).toHaveLength(0);
});

it('says what has no gradient', () => {
  const graph = new GraphBuilder();
  const x = parameter(graph, 'x', [3]);
  const other = parameter(graph, 'other', [3]);
  expect(() => backward(neg(x), [x])).toThrow(new GraphError('the loss must be a scalar, found [3]'));
  expect(() => backward(sumAll(x), [other])).toThrow(/does not depend on target 0 \(parameter, node 1\)/);
  expect(() => backward(sumAll(minimum(x, 1)), [x])).toThrow(/gradient of minimum .*optimizer state/);
  expect(() => backward(sumAll(minimum(x, 1)), [x])).toThrow(GraphError);
});

it('an index has no gradient, the table it reads from has', () => {
  const graph = new GraphBuilder();
  const table = parameter(graph, 'table', [5, 2]);
  const rows = input(graph, 'rows', 'i32', ['N']);
  const loss = sumAll(gather(table, rows));
  expect(backward(loss, [table])[0]!.shape).toEqual([5, 2]);
  expect(() => backward(loss, [rows])).toThrow(GraphError);
});

it('what is cheap is computed again once the walk has come to it, and not kept', async () => {
  const graph = new GraphBuilder();
  const w = parameter(graph, 'w', [3, 4]);
  const v = parameter(graph, 'v', [4, 4]);
  const x = tanh(w);
  const gate = matmul(rmsNorm(x, input(graph, 'scale', 'f32', [4]), 1e-5), v);
  const y = mul(silu(gate), gate);
  const loss = sumAll(mul(y, y));
  const [dw, dv] = backward(loss, [w, v]);
  const whole = graph.finish({ loss, dw: dw!, dv: dv! });
  const forward = new Set(graph.finish({ loss }).nodes);
  for (const kind of ['silu', 'rmsNorm']) {
    const nodes = whole.nodes.filter((node) => node.kind === kind);
    expect(nodes, kind).toHaveLength(2);
    const copy = nodes.find((node) => !forward.has(node))!;
    expect(copy.inputs[0]!.kind, kind).toBe('after');
    // Nothing going back reads what was made on the way there.
    const kept = nodes.find((node) => forward.has(node))!;
    expect(whole.nodes.filter((node) => !forward.has(node) && node.inputs.includes(kept))).toEqual([]);
  }
  const program = await new ReferenceEngine().compile(whole);
  const at = {
    w: Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)),
    v: Float64Array.from({ length: 16 }, (_, i) => Math.cos(i)),
  };
  const evaluate = (name: 'w' | 'v', data: Float64Array) =>
    program.evaluate(
      new Map([
        ['w', { shape: [3, 4], data: name === 'w' ? data : at.w }],
        ['v', { shape: [4, 4], data: name === 'v' ? data : at.v }],
        ['scale', { shape: [4], data: Float64Array.of(1, 0.5, 2, -1) }],
      ]),
    );
  for (const name of ['w', 'v'] as const) {
    const { relativeError } = await checkGradient(
      (data) => evaluate(name, data).get('loss')!.data[0]!,
      at[name],
      evaluate(name, at[name]).get(`d${name}`)!.data,
    );
    expect(relativeError, name).toBeLessThan(1e-7);
  }
});
