/** The devices ONNX Runtime can compute on, and what each of them needs. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { MissingPart } from '../../errors.ts';
import { missingForCuda, onnxRequirement } from '../device/cuda-requirements.ts';
import { findLibraries, presentVersions } from '../device/find-libraries.ts';

/** Ops that a GPU has no kernel for run on the CPU; `OnnxProgram.placement` counts them. */
export type OnnxDevice = 'cpu' | 'webgpu' | 'cuda';

/** Folder of the native files of onnxruntime-node for this platform. */
function nativeFolder(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return path.join(root, 'bin', 'napi-v6', process.platform, process.arch);
}

/** What keeps ONNX Runtime's CUDA provider from loading; looked up before it is tried, which would write to stderr. */
export function missingForOnnxCuda(): MissingPart[] {
  const provider = path.join(nativeFolder(), 'libonnxruntime_providers_cuda.so');
  const missing = missingForCuda(onnxRequirement);
  if (!existsSync(provider)) {
    missing.push({
      part: "ONNX Runtime's CUDA provider",
      needed: path.basename(provider),
      found: `none in ${nativeFolder()}`,
      remedy:
        'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node (fetches it from nuget.org; pnpm needs the script allowed)',
    });
  }
  return missing;
}

const icdFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** Vulkan drivers announce themselves by JSON files: https://github.com/KhronosGroup/Vulkan-Loader, docs/LoaderDriverInterface.md */
export function vulkanDrivers(): string[] {
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (named) return named.split(path.delimiter).filter((file) => existsSync(file));
  return icdFolders.flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).flatMap((n) => (n.endsWith('.json') ? [path.join(folder, n)] : [])) : [],
  );
}

/** Of the library that finds those drivers; none where it is not installed. */
export const vulkanLoaderVersions = (): string[] => presentVersions(findLibraries(), 'libvulkan');

/** @param problem  what ONNX Runtime said when it refused */
export function missingForWebgpu(problem: string): MissingPart[] {
  const missing: MissingPart[] = [];
  if (process.platform === 'linux') {
    if (vulkanLoaderVersions().length === 0) {
      missing.push({
        part: 'Vulkan loader',
        needed: 'libvulkan.so.1',
        found: 'none',
        remedy: 'sudo apt-get install libvulkan1',
      });
    }
    if (vulkanDrivers().length === 0) {
      missing.push({
        part: 'Vulkan driver',
        needed: 'a driver of the GPU, announced by a JSON file',
        found: `none in ${icdFolders.join(', ')}`,
        remedy:
          "install the GPU's driver (NVIDIA's brings one; mesa-vulkan-drivers for AMD and Intel); check with `vulkaninfo`",
      });
    }
  }
  missing.push({
    part: 'WebGPU adapter',
    needed: 'one that ONNX Runtime accepts',
    found: problem,
    remedy: 'update the GPU driver, or use device: cpu',
  });
  return missing;
}

/** Whether an error of session creation says that the device, and not the graph, is at fault. */
export const isDeviceProblem = (message: string): boolean =>
  /WebGPU adapter|WebGPU device|wgpu|Vulkan|CUDA|cuda|cuDNN|Failed to load library|ExecutionProvider/.test(message);
