/** `npm run demo`: from a fresh clone to a tuned model, with nothing but Node and npm. */
import { capture, install, pinned, run } from './workspace.mjs';

console.log('Installing …');
if (install() !== 0) process.exit(1);
console.log('Building …');
const built = await capture('npx', ['--yes', pinned, '-r', 'run', 'build:js']);
if (!built.ok) {
  console.log(built.output);
  process.exit(1);
}
process.exit(run(process.execPath, ['packages/cli/bin/alpacare.js', 'demo', ...process.argv.slice(2)]));
