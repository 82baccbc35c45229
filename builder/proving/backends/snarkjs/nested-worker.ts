import { Worker as Thread } from "node:worker_threads";

/**
 * The web's `Worker` as far as ffjavascript uses it, for use inside of worker threads, where the package
 * `web-worker` does not work (it takes any thread for one of its own). A thread that dies takes the one that
 * started it along, since ffjavascript would wait for its answer forever.
 */
export default class NestedWorker {
  readonly #thread: Thread;

  /** @param source `data:` URL with the code in base 64. */
  constructor(source: string) {
    const code = Buffer.from(source.slice(source.indexOf(",") + 1), "base64").toString("utf8");
    this.#thread = new Thread(`${SCOPE}${code}`, { eval: true });
    this.#thread.unref();
    this.#thread.on("exit", (code) => {
      if (code !== 0) throw new Error(`A thread of the prover ended with code ${code}`);
    });
  }

  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void {
    this.#thread.on(type, (data: unknown) => {
      listener({ data });
    });
  }

  postMessage(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, [...transfer]);
  }
}

/** What a worker's script finds as `self`. */
const SCOPE = `
const { parentPort } = require("node:worker_threads");
const self = {
  postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
  close: () => process.exit(),
};
parentPort.on("message", (data) => self.onmessage({ data }));
`;
