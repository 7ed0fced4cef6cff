/**
 * The onnx engine on its WebGPU device. It needs a Vulkan driver; a software one will do:
 *   apt-get install chromium libvulkan1
 *   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json npx vitest run onnx-webgpu
 */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { GraphBuilder } from '../../tensor/graph.ts';
import { dropout, input, matmul } from '../../tensor/ops.ts';
import { engineConformance } from '../conformance.ts';
import { f32Tensor, intScalar } from '../engine.ts';
import { OnnxEngine } from './onnx-engine.ts';
import { webgpuAbsence } from './webgpu-absence.ts';

const absence = webgpuAbsence();
beforeEach((context) => {
  if (absence) context.skip(absence);
});

// ONNX Runtime forgets the device and the shaders it has compiled with its last session: one stays open.
const holder = new OnnxEngine({ device: 'webgpu' });
beforeAll(async () => {
  if (absence) return;
  const graph = new GraphBuilder();
  await holder.compile(graph.finish({ y: input(graph, 'x', 'f32', []) }));
});
afterAll(() => holder.dispose());

// SwiftShader is off by 2e-5 where a layer norm takes a large mean from its input.
engineConformance(() => new OnnxEngine({ device: 'webgpu' }), { tolerance: 5e-5 });

it('says which ops fell back to the CPU', async () => {
  const engine = new OnnxEngine({ device: 'webgpu' });
  const graph = new GraphBuilder();
  const product = matmul(input(graph, 'x', 'f32', ['N', 8]), input(graph, 'w', 'f32', [8, 8]));
  const y = dropout(product, input(graph, 'seed', 'i32', []), 0.5, 1);
  const program = await engine.compile(graph.finish({ y }));
  expect(await program.placement()).toBeUndefined();
  const feeds = {
    x: f32Tensor([4, 8], new Float32Array(32).fill(1)),
    w: f32Tensor([8, 8], new Float32Array(64).fill(1)),
    seed: intScalar(3),
  };
  await program.run({ feeds, fetch: ['y'] });
  const placement = await program.placement();
  expect(placement!.onDevice).toBeGreaterThan(0);
  expect(placement!.onCpu).not.toHaveProperty('MatMul');
  expect(placement!.onCpu.BitwiseXor).toBeGreaterThan(0);
  expect(placement!.copies).toBeGreaterThan(0);
  await engine.dispose();
});
