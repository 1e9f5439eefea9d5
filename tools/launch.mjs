#!/usr/bin/env node
/**
 * Starts Slipway on its own engine, from any Node.js ≥ 20.
 *
 *   node tools/launch.mjs COMMAND …               src/cli/main.ts COMMAND …
 *   node tools/launch.mjs --script FILE.ts …      another program of this checkout
 *
 * A checkout brings its engine as an npm dependency (the package "node"). So the first start installs the node modules,
 * and so does the first one after package-lock.json changed; what was installed is remembered by content, because git
 * touches times. The file `slipway` beside package.json does the same in sh, faster, once all is installed.
 *
 * Plain JavaScript on purpose: this is the one program that must run before the engine is there.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const engine = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
/**
 * Young objects get less room than the engine takes by itself: half of a large heap would be room to spare. Thousands of
 * simulated nodes keep the collector busy in so little; for them there may be as much as they fill.
 */
const engineOptions = (args) => [`--max-semi-space-size=${args.some(isSimulation) ? 128 : 8}`];
const isSimulation = (word) => word === 'simulate' || word.startsWith('--simulated-nodes');
/** Of the C library: memory for large requests goes back to the system when they end, instead of staying in pieces. */
const allocation = { MALLOC_MMAP_THRESHOLD_: '524288', MALLOC_TRIM_THRESHOLD_: '4194304' };
const wanted = join(root, 'package-lock.json');
const installed = join(modules, '.slipway-lock.json');

if (!isInstalled()) install();
start(process.argv.slice(2));

function isInstalled() {
  if (!existsSync(engine)) return false;
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(wanted))) return true;
  return hasEveryPackage() || isLink(modules);
}

/** Node modules that another checkout owns are never installed through the link. */
function isLink(path) {
  return lstatSync(path).isSymbolicLink();
}

/** npm's own record of what it installed has all of package-lock.json: somebody ran npm by hand, or a package was taken out. */
function hasEveryPackage() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const have = JSON.parse(readFileSync(record, 'utf8')).packages;
  const want = JSON.parse(readFileSync(wanted, 'utf8')).packages;
  const missing = Object.entries(want).some(
    ([path, entry]) => path.startsWith('node_modules/') && !entry.optional && have[path]?.version !== entry.version,
  );
  if (!missing) remember();
  return !missing;
}

function install() {
  const startedAt = performance.now();
  say(
    `${existsSync(modules) ? 'The node modules are not those of package-lock.json' : 'First start'}: installing (npm ci) …\n`,
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci', '--ignore-scripts=false', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 2, 2], // standard output belongs to the command that was asked for
    shell: process.platform === 'win32',
    env: withoutNpmSettings(),
  });
  if (error?.code === 'ENOENT')
    fail('Cannot install the node modules: npm is not on the PATH. Install npm, then start again');
  if (status !== 0) {
    fail(
      `Cannot install the node modules: npm ci ended with status ${status}. Its message is above; start again when it is mended`,
    );
  }
  if (!existsSync(engine)) {
    fail(`Cannot find the engine after npm ci: "${engine}" is missing. Delete node_modules and start again`);
  }
  remember();
  say(`✔ node modules installed (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`);
}

/** `npm start` hands its own settings down in the environment; a production setting must not leave out what the tests need. */
function withoutNpmSettings() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_config_|NODE_ENV$)/i.test(name) || keeps(name)),
  );
}

function keeps(name) {
  return /^npm_config_(registry|.*proxy|cafile|ca|userconfig|globalconfig|cache|strict_ssl)$/i.test(name);
}

function remember() {
  copyFileSync(wanted, installed);
}

function start(args) {
  const script = args[0] === '--script' ? join(root, args[1]) : join(root, 'src', 'cli', 'main.ts');
  const command = [engine, ...engineOptions(args), script, ...(args[0] === '--script' ? args.slice(2) : args)];
  const compiled = process.env.NODE_COMPILE_CACHE ?? compileCache();
  const env = { ...allocation, ...process.env, NODE_COMPILE_CACHE: compiled };
  if (process.execve !== undefined && process.platform !== 'win32') process.execve(engine, command, env);

  const child = spawn(engine, command.slice(1), { stdio: 'inherit', env });
  const signals = process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  for (const signal of signals) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well.
      if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`Cannot start the engine "${engine}": ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Compiled code lies in the checkout when it can be written to, else in the user's cache. */
function compileCache() {
  const inCheckout = join(modules, '.cache', 'compile');
  try {
    mkdirSync(inCheckout, { recursive: true });
    accessSync(inCheckout, constants.W_OK);
    return inCheckout;
  } catch {
    return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'slipway', 'compile');
  }
}

function say(text) {
  process.stderr.write(text);
}

function fail(text) {
  say(`${text}.\n`);
  process.exit(1);
}
