/**
 * From a fresh clone to a running command: `node scripts/bootstrap.mjs start|demo|test|… [option…]`; the
 * commands are in `COMMANDS`.
 *
 * Runs on Node 20 with nothing installed and uses no network but package registries. It makes sure of a
 * recent Node (from npm, into `.lockstep/`, if the machine's is too old), of the dependencies and, where it
 * can be built, of the fast prover (its library comes as a Go module), then runs the command under that Node
 * in a process group that cannot outlive it.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { step } from "../builder/node/progress.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const DATA = path.join(ROOT, ".lockstep");
/** Runs TypeScript as it is without a warning, and knows `using` (≥ 24.0). Hardhat asks for less. */
const MINIMUM_NODE = [24, 3];
/** What is installed if the machine's Node is older. */
const NODE_VERSION = "24.21.0";
const NODE_PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
/** Signals this close together are one key press: npm forwards what the terminal already sent. */
const DEBOUNCE_MS = 300;
/** How long a command that is to be killed at once has to remove what it wrote. */
const KILL_MS = 200;
/** How long a command may take to stop by itself. */
const STOP_MS = 10_000;

const COMMANDS = {
  start: ["builder/cli/index.ts", "start"],
  demo: ["builder/cli/index.ts", "demo"],
  node: ["node_modules/hardhat/dist/src/cli.js", "node"],
  deploy: ["builder/cli/index.ts", "deploy"],
  builder: ["builder/cli/index.ts", "builder"],
  status: ["builder/cli/index.ts", "status"],
  trace: ["builder/cli/index.ts", "trace"],
  provers: ["builder/cli/index.ts", "provers"],
  keys: ["builder/cli/index.ts", "keys"],
  bench: ["scripts/bench.ts"],
  "gpu:pack": ["scripts/gpu/pack.ts"],
  "gpu:verify": ["scripts/gpu/verify.ts"],
  abi: ["scripts/abi.ts"],
  pack: ["scripts/pack.ts"],
  screenshots: ["scripts/screenshots.ts"],
  docs: ["scripts/docs.ts"],
  "docs:errors": ["scripts/docs-errors.ts"],
  "docs:circuits": ["scripts/docs-circuits.ts"],
  "prover-worker": ["builder/cli/index.ts", "prover-worker"],
  test: ["scripts/test.ts"],
  "test:full": ["scripts/test.ts", "--full"],
  fuzz: ["scripts/fuzz.ts"],
};
/** Commands that make proofs. */
const PROVING = [
  "start",
  "demo",
  "builder",
  "prover-worker",
  "provers",
  "test",
  "test:full",
  "bench",
  "screenshots",
];
/** Those of them that use every prover. */
const COMPARING = ["provers", "test", "test:full", "bench"];

/** A failure the user can do something about: printed without a stack. */
class BootstrapError extends Error {}

/** The child being run, if any; there is never more than one. */
let active;
let stopping = false;
let lastSignalAt = 0;

function signalGroup(signal) {
  if (active === undefined) return;
  try {
    process.kill(-active.pid, signal);
  } catch {
    // The group has ended meanwhile.
  }
}

function stop(signal) {
  const now = Date.now();
  if (now - lastSignalAt < DEBOUNCE_MS) return;
  lastSignalAt = now;
  if (active === undefined) process.exit(130);
  if (stopping) {
    // The command removes what it wrote and ends; if it cannot even do that, it is ended.
    signalGroup(signal);
    setTimeout(() => signalGroup("SIGKILL"), KILL_MS);
    return;
  }
  stopping = true;
  signalGroup(signal);
  setTimeout(() => signalGroup("SIGKILL"), STOP_MS).unref();
}

/**
 * Runs a command under the guard and resolves with its exit code and, when captured, its output. The guard
 * leads a process group of its own, so a terminal's Ctrl-C reaches the command exactly once: from here.
 */
function run(node, command, { environment, capture = false }) {
  return new Promise((resolve, reject) => {
    const output = capture ? "pipe" : "inherit";
    const guard = spawn(node, [path.join(ROOT, "scripts/guard.mjs"), ...command], {
      cwd: ROOT,
      env: environment,
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    });
    active = guard;
    guard.on("message", (message) => {
      if (process.connected) process.send(message, undefined, undefined, () => {});
    });
    let text = "";
    for (const stream of [guard.stdout, guard.stderr]) stream?.on("data", (chunk) => (text += chunk));
    guard.on("error", (error) => {
      active = undefined;
      reject(new BootstrapError(`${node} could not be started: ${error.message}`));
    });
    guard.on("exit", (code, signal) => {
      // Whatever the command left in its group ends with it.
      signalGroup("SIGKILL");
      active = undefined;
      resolve({ code: code ?? (signal === "SIGKILL" && stopping ? 137 : 1), text });
    });
  });
}

function isRecent(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

/** The environment of everything run under `node`: scripts that say `node` get that one. */
function environmentFor(node) {
  return { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}` };
}

/** How to run npm under a Node of our choice: its script, or the executable where it is something else. */
function npmCommand(node) {
  const fromNpm = process.env.npm_execpath;
  if (fromNpm !== undefined && path.basename(fromNpm) === "npm-cli.js" && existsSync(fromNpm))
    return [node, fromNpm];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const candidate = path.join(folder, "npm");
    try {
      accessSync(candidate, constants.X_OK);
    } catch {
      continue;
    }
    const script = realpathSync(candidate);
    return script.endsWith(".js") ? [node, script] : [candidate];
  }
  throw new BootstrapError("npm was not found on PATH. It comes with Node: install Node 20 or newer.");
}

/** Why npm failed, in words; the causes a user meets first. */
function explain(text) {
  if (/ENOSPC/.test(text)) return "the disk is full. Free about 1 GB and run the command again.";
  if (/EACCES|EPERM|EROFS/.test(text)) return `no permission to write below ${ROOT}.`;
  const network = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.exec(
    text,
  );
  if (network !== null)
    return `npm's registry could not be reached (${network[0]}). Check the network, or npm's proxy and registry settings.`;
  if (/E404|ETARGET|notarget/.test(text))
    return "the registry does not have a pinned version; npm's output is above.";
  if (/EBADPLATFORM/.test(text)) return `a package does not support ${process.platform}-${process.arch}.`;
  if (/EUSAGE|EINTEGRITY/.test(text)) return "package-lock.json does not match; npm's output is above.";
  return "npm's output is above.";
}

async function npm(node, title, npmArguments) {
  const command = [...npmCommand(node), ...npmArguments, "--ignore-scripts", "--no-audit", "--no-fund"];
  const options = { environment: environmentFor(node), capture: true };
  await step(title, async () => {
    const { code, text } = await run(process.execPath, command, options);
    if (stopping) process.exit(130);
    if (code === 0) return;
    process.stderr.write(`\n${text.slice(-4_000)}\n`);
    throw new BootstrapError(`${title} failed: ${explain(text)}`);
  });
}

/** Path of a Node that is recent enough: the running one, or one from npm. */
async function ensureNode() {
  if (isRecent(process.version)) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  if (!NODE_PLATFORMS.includes(platform))
    throw new BootstrapError(
      `Node ${MINIMUM_NODE.join(".")} or newer is needed, this is ${process.version}, ` +
        `and npm carries none for ${platform}. Install Node ${NODE_VERSION} and run the command again.`,
    );
  const packageName = `node-${platform}`;
  const folder = path.join(DATA, `node-${NODE_VERSION}-${platform}`);
  const node = path.join(folder, "node_modules", packageName, "bin", "node");
  if (existsSync(node)) return node;
  // Installed beside its place and moved there when complete, so that a broken download is never used.
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await npm(process.execPath, `fetching Node ${NODE_VERSION} (this is ${process.version})`, [
    "install",
    "--prefix",
    partial,
    "--no-save",
    "--no-package-lock",
    `${packageName}@${NODE_VERSION}`,
  ]);
  const fresh = path.join(partial, "node_modules", packageName, "bin", "node");
  const { code, text } = await run(process.execPath, [fresh, "--version"], {
    environment: process.env,
    capture: true,
  });
  if (code !== 0)
    throw new BootstrapError(
      `the Node from npm does not run on this system (${text.trim()}). ` +
        `Install Node ${NODE_VERSION} from your distribution or nodejs.org.`,
    );
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  return node;
}

/** Installs exactly what package-lock.json says, if it changed since the last time. */
async function ensureDependencies(node) {
  const lock = await readFile(path.join(ROOT, "package-lock.json"));
  const wanted = `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
  // npm ci empties the folder first, so the stamp can only stand beside a complete installation.
  const stamp = path.join(ROOT, "node_modules", ".lockstep-installed");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return;
  await npm(node, "installing dependencies", ["ci", "--include=dev", "--include=optional"]);
  await writeFile(stamp, wanted);
}

/**
 * Builds a fast prover if it is not there and can be built; says what is missing if not, which is no failure.
 */
async function ensureProvers(node, name) {
  const script = path.join(ROOT, "scripts/build-provers.ts");
  const given = COMPARING.includes(name) ? ["--all"] : [];
  await run(node, [node, script, ...given], { environment: environmentFor(node) });
  if (stopping) process.exit(130);
}

/** Two commands started at once must not install into the same folder. */
async function locked(work) {
  await mkdir(DATA, { recursive: true });
  const lock = path.join(DATA, "setup.lock");
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      await waitForLock(lock);
    }
  }
  const release = () => rmSync(lock, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

async function waitForLock(lock) {
  const title = `waiting for another Lockstep command to finish installing (else remove ${lock})`;
  await step(title, async () => {
    while (existsSync(lock)) {
      const owner = Number(await readFile(lock, "utf8").catch(() => "0"));
      if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** The parent of another process, where the system tells. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

/** Whether npm's shell stands between: `exec` in package.json has it make room, so that npm's signals come here. */
function isShell(pid) {
  try {
    return /^(da|ba|z|k|a)?sh\n?$/.test(readFileSync(`/proc/${pid}/comm`, "utf8"));
  } catch {
    return false;
  }
}

/** Under npm, its death (which no signal announces) ends this process too. */
function followNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const npm = isShell(parent) ? parentOf(parent) : undefined;
  const poll = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || parentOf(parent) === npm)) return;
    clearInterval(poll);
    stop("SIGTERM");
  }, 500).unref();
}

async function main() {
  const [name, ...commandArguments] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new BootstrapError(
      `usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join("|")} [option…]`,
    );
  if (process.platform === "win32")
    throw new BootstrapError("Lockstep runs on Linux and macOS; on Windows use WSL 2.");
  const node = await locked(async () => {
    const found = await ensureNode();
    await ensureDependencies(found);
    return found;
  });
  if (PROVING.includes(name)) await ensureProvers(node, name);
  const [script, ...fixed] = command;
  const { code } = await run(node, [node, path.join(ROOT, script), ...fixed, ...commandArguments], {
    environment: environmentFor(node),
  });
  return code;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));
// A program that started this one, and is gone now.
process.on("disconnect", () => stop("SIGTERM"));
process.channel?.unref();
followNpm();
try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof BootstrapError) console.error(`\nlockstep: ${error.message}`);
  else if (error.code === "ENOSPC") console.error("\nlockstep: the disk is full.");
  else console.error(error);
  process.exitCode = 1;
}
// The poll for npm's death and a pending kill timer are unreferenced, but a closed pipe may not be.
process.exit();
