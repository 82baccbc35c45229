import type { DevnetDescription } from "../node/deployment/description.ts";

/** What a command tells the program that started it. */
export type CommandNews =
  /** The devnet answers; this is the content of `devnet.json`. */
  | { readonly type: "ready"; readonly devnet: DevnetDescription }
  /** The command ends with this error. */
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly docs: string };

/** Sends it over the channel that Node gives child processes (`stdio: [… "ipc"]`), if there is one. */
export async function tellStarter(news: CommandNews): Promise<void> {
  await new Promise<void>((resolve) => {
    // A starter that is gone needs no news: the command stops because of that.
    if (process.connected && process.send !== undefined)
      process.send(news, undefined, undefined, () => {
        resolve();
      });
    else resolve();
  });
}
