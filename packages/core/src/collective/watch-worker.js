/**
 * The thread that notices when a rank is gone. A collective with a dead or silent peer never returns, and MPI says
 * nothing; so every rank keeps a TCP connection to rank 0, over which both sides give a sign of life each second. It is
 * a thread of its own, because neither long computations nor a blocked collective may look like death.
 *
 * Whoever is left exits with code 1, whatever it hangs in; one message is printed, by rank 0, or by rank 1 when it is
 * rank 0 that is lost. A library prints nothing; this is the end of the process.
 *
 * @typedef {{ rank: number, hosts: string[], token: string, progress: Int32Array, silenceSeconds: number, stallSeconds: number }} Setup
 * @typedef {(
 *   | { type: 'listen' }
 *   | { type: 'connect', addresses: string[], port: number }
 *   | { type: 'fail', message: string, isCommon: boolean }
 *   | { type: 'told-to-end', exits: boolean }
 *   | { type: 'leave' }
 * )} Command
 * @typedef {{ hello?: { token: string, rank: number }, beat?: [operations: number, advances: number], fail?: string, bye?: true, end?: true }} Signal
 */
import { writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { parentPort, workerData } from 'node:worker_threads';
import { exitNow } from './mpi-binding.js';

const BEAT_MS = 1000;
const CHECK_MS = 200;
const CONNECT_MS = 20_000;
/** A launcher that has lost one rank ends the others within milliseconds; what is lost later was ended by it. */
const CONSEQUENCE_MS = 250;

/** @type {Setup} */
const { rank, hosts, token, progress, silenceSeconds, stallSeconds } = workerData;
const nameOf = (/** @type {number} */ r) => `rank ${r} on ${hosts[r]}`;

/** @typedef {{ socket: import('node:net').Socket | null, heardAt: number, sequence: number, advances: number, hasLeft: boolean }} Peer */
/** Rank 0 watches everybody, the others rank 0. @type {Map<number, Peer>} */
const peers = new Map();
for (let r = rank === 0 ? 1 : 0; r < (rank === 0 ? hosts.length : 1); r++) {
  peers.set(r, { socket: null, heardAt: performance.now() + CONNECT_MS, sequence: 0, advances: 0, hasLeft: false });
}
let isEnding = false;
let isLeaving = false;
let toldToEndAt = Number.POSITIVE_INFINITY;

/** @param {Peer} peer @param {Signal} signal */
const send = ({ socket }, signal) => void (socket?.writable && socket.write(`${JSON.stringify(signal)}\n`));

/** @param {string | null} message  null: another rank says it */
function end(message) {
  if (isEnding) return;
  isEnding = true;
  if (message !== null) {
    try {
      writeSync(2, `error: ${message}\n`);
    } catch {
      // Nobody reads any more; the exit code is left.
    }
  }
  for (const peer of peers.values()) send(peer, { end: true });
  setTimeout(() => exitNow(1), 100);
}

/** @param {number} lost @param {string} how */
function endWithout(lost, how) {
  const speaks = (rank === 0 || rank === 1) && performance.now() - toldToEndAt < CONSEQUENCE_MS;
  end(speaks ? `${nameOf(lost)} ${how}; the job ends here, the last checkpoint is whole` : null);
}

/** @param {number} from @param {Peer} peer @param {Signal} signal */
function receive(from, peer, signal) {
  peer.heardAt = performance.now();
  if (signal.beat) [peer.sequence, peer.advances] = signal.beat;
  if (signal.bye) peer.hasLeft = true;
  if (signal.fail !== undefined) end(`${nameOf(from)}: ${signal.fail}`);
  if (signal.end) end(null);
}

/** @param {number} from @param {import('node:net').Socket} socket */
function adopt(from, socket) {
  const peer = /** @type {Peer} */ (peers.get(from));
  peer.socket = socket;
  peer.heardAt = performance.now();
  socket.setNoDelay(true);
  socket.on('close', () => {
    if (!peer.hasLeft && !isLeaving) endWithout(from, 'is gone (its connection was closed)');
  });
}

/** @param {import('node:net').Socket} socket @param {(signal: Signal) => void} onSignal */
function onSignals(socket, onSignal) {
  socket.on('error', () => {}); // 'close' follows
  const lines = createInterface({ input: socket });
  lines.on('error', () => {}); // readline passes the socket's errors on
  lines.on('line', (line) => {
    try {
      onSignal(JSON.parse(line));
    } catch {
      socket.destroy(); // not one of ours
    }
  });
}

function listen() {
  const server = createServer((socket) => {
    /** @type {number | null} */
    let from = null;
    const stranger = setTimeout(() => socket.destroy(), CONNECT_MS);
    onSignals(socket, (signal) => {
      if (from !== null) return receive(from, /** @type {Peer} */ (peers.get(from)), signal);
      const { hello } = signal;
      const peer = hello && hello.token === token ? peers.get(hello.rank) : undefined;
      if (!hello || !peer || peer.socket) return void socket.destroy();
      clearTimeout(stranger);
      from = hello.rank;
      adopt(from, socket);
      send(peer, { beat: [0, 0] });
    });
  });
  server.on('error', (error) => parentPort?.postMessage({ error: error.message }));
  server.listen(0, () => {
    parentPort?.postMessage({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
  });
}

/** All addresses at once; the first that answers as rank 0 is kept. @param {string[]} addresses @param {number} port */
function reach(addresses, port) {
  const peer = /** @type {Peer} */ (peers.get(0));
  const attempts = addresses.map((host) => {
    const socket = connect({ host, port });
    socket.on('connect', () => socket.write(`${JSON.stringify({ hello: { token, rank } })}\n`));
    onSignals(socket, (signal) => {
      if (peer.socket === null) {
        adopt(0, socket);
        for (const other of attempts) if (other !== socket) other.destroy();
        clearTimeout(deadline);
        parentPort?.postMessage({});
      }
      receive(0, peer, signal);
    });
    return socket;
  });
  const deadline = setTimeout(() => {
    const where = addresses.map((host) => `${host}:${port}`).join(', ');
    parentPort?.postMessage({ error: `${nameOf(rank)} cannot reach ${nameOf(0)} over TCP at ${where}` });
  }, CONNECT_MS);
}

/** The operation that the foremost rank is in, what the others have advanced, and when that was first heard of. */
let foremost = { sequence: 0, advances: 0, since: performance.now() };

function checkStall(/** @type {number} */ now) {
  const others = [...peers.values()];
  const sequences = [Atomics.load(progress, 0), ...others.map(({ sequence }) => sequence)];
  const most = Math.max(...sequences);
  const advances = others.reduce((sum, peer) => sum + peer.advances, Atomics.load(progress, 1));
  if (most > foremost.sequence || advances !== foremost.advances) foremost = { sequence: most, advances, since: now };
  if (now - foremost.since <= stallSeconds * 1000) return;
  const behind = sequences.flatMap((sequence, r) => (sequence < most ? [r] : []));
  if (behind.length === 0) return;
  const who = behind.slice(0, 4).map(nameOf).join(', ') + (behind.length > 4 ? ` and ${behind.length - 4} more` : '');
  end(`${who} did not come to where the others have waited for ${stallSeconds} s; the job ends here`);
}

let lastCheck = performance.now();
let lastBeat = 0;
setInterval(() => {
  const now = performance.now();
  // This thread itself stood still, as on a stopped process: nothing can be said of the others.
  if (now - lastCheck > 5 * CHECK_MS) for (const peer of peers.values()) peer.heardAt = Math.max(peer.heardAt, now);
  lastCheck = now;
  if (isLeaving || isEnding) return;
  if (now - lastBeat >= BEAT_MS) {
    lastBeat = now;
    for (const peer of peers.values()) send(peer, { beat: [Atomics.load(progress, 0), Atomics.load(progress, 1)] });
  }
  for (const [r, peer] of peers) {
    if (peer.hasLeft || now - peer.heardAt <= silenceSeconds * 1000) continue;
    endWithout(r, `has given no sign of life for ${silenceSeconds} s`);
  }
  if (rank === 0) checkStall(now);
}, CHECK_MS);

/** @param {Command} command */
function obey(command) {
  switch (command.type) {
    case 'listen':
      return listen();
    case 'connect':
      return reach(command.addresses, command.port);
    case 'fail': {
      if (rank === 0) return end(command.isCommon ? command.message : `${nameOf(0)}: ${command.message}`);
      if (!command.isCommon) send(/** @type {Peer} */ (peers.get(0)), { fail: command.message });
      setTimeout(() => exitNow(1), 5000); // rank 0 answers sooner, if it is there
      return;
    }
    case 'told-to-end':
      toldToEndAt = Math.min(toldToEndAt, performance.now());
      // Rank 0 stays a little longer, so that nobody takes its going for the cause.
      if (command.exits) setTimeout(() => exitNow(143), rank === 0 ? 2 * CONSEQUENCE_MS : CONSEQUENCE_MS);
      return;
    case 'leave':
      // Called when all ranks have agreed to leave, so a connection that closes from now on is no loss.
      isLeaving = true;
      for (const peer of peers.values()) send(peer, { bye: true });
      return parentPort?.postMessage({});
  }
}
parentPort?.on('message', obey);
