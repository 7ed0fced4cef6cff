/**
 * A network switch that delivers every frame some milliseconds later: the stand-in for netem where the kernel has none. Its ports are
 * tap devices, which the caller moves into the network namespaces of its machines.
 *   node --import tsx delay-switch.ts NAME PORTS MILLISECONDS
 * It makes NAMEt1 … NAMEtPORTS and prints "ready". A line "cut I" on its standard input takes port I away, as pulling its cable
 * would: nobody is told. It ends when its standard input does. One loop that waits in ppoll, since timers of Node are not exact enough.
 */
import { constants, openSync, readSync } from 'node:fs';
import koffi from 'koffi';

const TUNSETIFF = 0x400454ca;
const [IFF_TAP, IFF_NO_PI] = [0x0002, 0x1000];
const POLLIN = 1;
const FRAME = 65_536;

const libc = koffi.load(null);
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');
const read = libc.func('long read(int fd, void *to, size_t count)');
const write = libc.func('long write(int fd, void *from, size_t count)');
const ppoll = libc.func('int ppoll(void *fds, unsigned long count, void *timeout, void *mask)');

const [name = '', count = '0', milliseconds = '1'] = process.argv.slice(2);
const delayNs = BigInt(Math.round(Number(milliseconds) * 1e6));

function openTap(device: string): number {
  const fd = openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK);
  const request = Buffer.alloc(40);
  request.write(device);
  request.writeUInt16LE(IFF_TAP | IFF_NO_PI, 16);
  if (ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`${device}: no tap device can be made`);
  return fd;
}
const ports = Array.from({ length: Number(count) }, (_, i) => ({ fd: openTap(`${name}t${i + 1}`), isCut: false }));
type Port = (typeof ports)[number];
process.stdout.write('ready\n');

/** Port behind which an address was last seen. */
const seen = new Map<string, Port>();
/** Frames under way, the next one first, since all wait alike. */
const queue: { readonly dueNs: bigint; readonly from: Port; readonly frame: Buffer }[] = [];
let head = 0;

const buffer = Buffer.alloc(FRAME);
function receive(from: Port, now: bigint): void {
  for (;;) {
    const length = read(from.fd, buffer, FRAME) as number;
    if (length <= 0) return;
    const frame = Buffer.from(buffer.subarray(0, length));
    seen.set(frame.toString('hex', 6, 12), from);
    queue.push({ dueNs: now + delayNs, from, frame });
  }
}

function deliverDue(now: bigint): void {
  while (head < queue.length && queue[head]!.dueNs <= now) {
    const { from, frame } = queue[head++]!;
    const known = (frame[0]! & 1) === 0 ? seen.get(frame.toString('hex', 0, 6)) : undefined;
    for (const to of known ? [known] : ports) {
      if (to !== from && !from.isCut && !to.isCut) write(to.fd, frame, frame.length);
    }
  }
  if (head > 4096) queue.splice(0, head).length = head = 0;
}

// struct pollfd { int fd; short events; short revents; }; the first is standard input.
const polled = Buffer.alloc(8 * (ports.length + 1));
for (const [i, fd] of [0, ...ports.map((port) => port.fd)].entries()) {
  polled.writeInt32LE(fd, 8 * i);
  polled.writeInt16LE(POLLIN, 8 * i + 4);
}
const timeout = Buffer.alloc(16); // struct timespec
for (;;) {
  const waitNs = head < queue.length ? queue[head]!.dueNs - process.hrtime.bigint() : 100_000_000n;
  timeout.writeBigInt64LE(0n, 0);
  timeout.writeBigInt64LE(waitNs > 0n ? waitNs : 0n, 8);
  ppoll(polled, ports.length + 1, timeout, null);
  const now = process.hrtime.bigint();
  for (const [i, port] of ports.entries()) if (polled.readInt16LE(8 * (i + 1) + 6) !== 0) receive(port, now);
  deliverDue(now);
  if (polled.readInt16LE(6) === 0) continue;
  const said = Buffer.alloc(256);
  const length = readSync(0, said);
  if (length === 0) process.exit();
  for (const [, i] of said.toString('utf8', 0, length).matchAll(/cut (\d+)/g)) ports[Number(i) - 1]!.isCut = true;
}
