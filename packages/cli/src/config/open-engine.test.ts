import { OnnxEngine } from '@alpacare/core';
import { expect, it } from 'vitest';
import { openEngine } from './open-engine.ts';

it.each(['fast', 'accurate'] as const)('opens the engine with int8 products as configured: %s', async (int8) => {
  const { engine } = await openEngine('cpu', { threads: 1, int8 });
  try {
    expect(engine).toBeInstanceOf(OnnxEngine);
    expect((engine as OnnxEngine).int8.products).toBe(int8);
  } finally {
    await engine.dispose();
  }
});
