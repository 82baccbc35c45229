/** The longest that a timer of Node waits: 24 days, then it fires for nothing and waits again. */
const FOREVER_MS = 2 ** 31 - 1;

/**
 * Holds the process until it is disposed of. Node does not wait for WebAssembly that is being compiled: a
 * process with nothing else to wait for ends in the middle, with exit code 13. A command that compiles some,
 * itself or through snarkjs, holds this while it works.
 */
export function stayAlive(): Disposable {
  const timer = setInterval(() => undefined, FOREVER_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
