import { nativeBackend } from "../native/backend.ts";
import { rapidsnarkWorker } from "./worker.ts";

/** rapidsnark, with the key mapped from its file once: several times as fast as WebAssembly. */
export const rapidsnarkBackend = nativeBackend(rapidsnarkWorker);
