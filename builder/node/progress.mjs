/**
 * Progress for everything that takes longer than two seconds. Plain JavaScript without dependencies, because
 * `scripts/bootstrap.mjs` needs it on an old Node before anything is installed. Types are in
 * `progress.d.mts`.
 */

/** Milliseconds of silence: what is done sooner is not worth a line. */
const QUIET_MS = 2_000;
/** Milliseconds between lines of one step where the output is not a terminal. */
const LOG_INTERVAL_MS = 15_000;

const out = process.stderr;
/** Steps running now, for steps may run in parallel: `{ title, detail, start, loggedAt }`. */
const running = new Set();
let timer;

const seconds = (milliseconds) => `${(milliseconds / 1_000).toFixed(1)} s`;
const describe = ({ title, detail }) => (detail === undefined ? title : `${title}: ${detail}`);

function clearLine() {
  if (out.isTTY) out.write("\r\x1b[2K");
}

function tick() {
  const now = Date.now();
  const visible = [...running].filter((step) => now - step.start >= QUIET_MS);
  if (visible.length === 0) return;
  if (out.isTTY) {
    const line = visible
      .map((step) => `${describe(step)} ${Math.floor((now - step.start) / 1_000)} s`)
      .join(" | ");
    out.write(`\r\x1b[2K  … ${line.slice(0, Math.max(20, (out.columns ?? 80) - 5))}`);
    return;
  }
  for (const step of visible) {
    if (step.loggedAt !== undefined && now - step.loggedAt < LOG_INTERVAL_MS) continue;
    out.write(`  … ${describe(step)} (${Math.floor((now - step.start) / 1_000)} s)\n`);
    step.loggedAt = now;
  }
}

function finish(step, mark) {
  running.delete(step);
  if (running.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
  const elapsed = Date.now() - step.start;
  clearLine();
  if (elapsed >= QUIET_MS || mark === "✗") out.write(`  ${mark} ${step.title} (${seconds(elapsed)})\n`);
}

export async function step(title, work) {
  const current = { title, detail: undefined, start: Date.now(), loggedAt: undefined };
  running.add(current);
  timer ??= setInterval(tick, 500);
  timer.unref();
  try {
    const result = await work((detail) => {
      current.detail = detail;
    });
    finish(current, "✓");
    return result;
  } catch (error) {
    finish(current, "✗");
    throw error;
  }
}
