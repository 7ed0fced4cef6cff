/** Which GPUs the operating system knows of, read from files: no driver is loaded for it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A graphics processor as the system reports it. */
export interface Gpu {
  /** Who made it. */
  readonly vendor: 'nvidia' | 'amd' | 'intel' | 'other';
  /** PCI ids as "10de:2335". */
  readonly id: string;
  /** A card with memory of its own, as far as its ids tell. */
  readonly isDiscrete: boolean;
}

export interface GpuSources {
  readonly pciFolder: string;
  readonly nvidiaVersionFile: string;
}
export const systemGpuSources: GpuSources = {
  pciFolder: '/sys/bus/pci/devices',
  nvidiaVersionFile: '/proc/driver/nvidia/version',
};

const vendors: Readonly<Record<string, Gpu['vendor']>> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' };

/** Display controllers: PCI class 03 (https://pcisig.com/sites/default/files/files/PCI_Code-ID_r_1_11__v24_Jan_2019.pdf). */
const isDisplay = (pciClass: string): boolean => pciClass.startsWith('03');

const read = (file: string): string => readFileSync(file, 'utf8').trim().replace(/^0x/, '').toLowerCase();

/** Linux only; elsewhere an empty list, which says nothing. */
export function findGpus({ pciFolder }: GpuSources = systemGpuSources): Gpu[] {
  if (!existsSync(pciFolder)) return [];
  return readdirSync(pciFolder).flatMap((device): Gpu[] => {
    const folder = path.join(pciFolder, device);
    try {
      if (!isDisplay(read(path.join(folder, 'class')))) return [];
      const [vendorId, deviceId] = [read(path.join(folder, 'vendor')), read(path.join(folder, 'device'))];
      const vendor = vendors[vendorId] ?? 'other';
      // Integrated ones of Intel and AMD share a bus with the processor: bus 00, or AMD's without a memory file of its own.
      const isOnRootBus = /^[0-9a-f]{4}:00:/.test(device);
      const hasOwnMemory = existsSync(path.join(folder, 'mem_info_vram_vendor'));
      const isDiscrete =
        vendor === 'nvidia' || (vendor === 'amd' && hasOwnMemory) || (vendor === 'intel' && !isOnRootBus);
      return [{ vendor, id: `${vendorId}:${deviceId}`, isDiscrete }];
    } catch {
      return []; // a device that left while we looked
    }
  });
}

/** Version of the NVIDIA kernel driver such as "550.54.15", or `undefined` where none is loaded. */
export function nvidiaDriver({ nvidiaVersionFile }: GpuSources = systemGpuSources): string | undefined {
  if (!existsSync(nvidiaVersionFile)) return undefined;
  return /Kernel Module.*?\s(\d+\.\d+(?:\.\d+)?)\s/.exec(readFileSync(nvidiaVersionFile, 'utf8'))?.[1];
}

/** WSL shows no PCI device and no driver file, only this one. */
const WSL_GPU = '/dev/dxg';

/** Whether there may be an NVIDIA GPU; where it says no, loading CUDA libraries is a waste of time. */
export const mayHaveNvidia = (sources: GpuSources = systemGpuSources): boolean =>
  process.platform !== 'linux' ||
  existsSync(WSL_GPU) ||
  nvidiaDriver(sources) !== undefined ||
  findGpus(sources).some(({ vendor }) => vendor === 'nvidia');
