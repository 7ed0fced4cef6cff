/**
 * Measures the way between two machines: `round-trip.ts serve` answers, `round-trip.ts HOST` prints the fastest of 50 round trips
 * of one byte over TCP, in milliseconds. Both end by themselves.
 */
import { connect, createServer } from 'node:net';

const PORT = 7654;
const [host = ''] = process.argv.slice(2);
if (host === 'serve') {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.pipe(socket);
    socket.on('error', () => {});
    socket.on('close', () => process.exit());
  });
  server.listen(PORT, () => process.stdout.write('ready\n'));
  setTimeout(() => process.exit(1), 20_000);
} else {
  const socket = connect(PORT, host);
  socket.setNoDelay(true);
  const times: number[] = [];
  let from = 0;
  const send = () => {
    from = performance.now();
    socket.write('x');
  };
  socket.on('connect', send);
  socket.on('data', () => {
    times.push(performance.now() - from);
    if (times.length < 50) return send();
    process.stdout.write(`${Math.min(...times)}\n`, () => process.exit());
  });
  setTimeout(() => process.exit(1), 20_000);
}
