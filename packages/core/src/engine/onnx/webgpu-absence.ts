import { vulkanDrivers, vulkanLoaderVersions } from './onnx-device.ts';

/** Why tests of this device are skipped, or `undefined` where they can run. They take the driver that is named for them. */
export function webgpuAbsence(): string | undefined {
  if (!(process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES) || vulkanDrivers().length === 0) {
    return 'VK_ICD_FILENAMES names no Vulkan driver';
  }
  if (process.platform === 'linux' && vulkanLoaderVersions().length === 0) return 'libvulkan.so.1 is not installed';
  return undefined;
}
