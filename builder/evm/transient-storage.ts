import type { EVM } from "@ethereumjs/evm";
import type { Journal } from "./journal.ts";

/**
 * Lets changes of transient storage (EIP-1153) be undone with the journal's levels: a frame of another chain
 * that reverts undoes them too, which the EVM's own levels know nothing of. What is stored ends with the EVM,
 * not with its outermost frame: an EVM that is suspended may be entered again.
 * @returns what clears the storage and takes another journal.
 */
export function journalTransientStorage(
  storage: EVM["transientStorage"],
  first: Journal,
): (next: Journal) => void {
  let journal = first;
  const clear = storage.clear.bind(storage);
  const put = storage.put.bind(storage);
  storage.put = (address, key, value) => {
    const before = storage.get(address, key);
    put(address, key, value);
    journal.record(() => put(address, key, before));
  };
  const nothing = (): void => undefined;
  storage.checkpoint = nothing;
  storage.commit = nothing;
  storage.revert = nothing;
  storage.clear = nothing;
  return (next) => {
    clear();
    journal = next;
  };
}
