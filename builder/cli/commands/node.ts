import { startL1 } from "../../devnet/l1.ts";
import { shutdownAsked } from "../shutdown.ts";

export interface NodeOptions {
  readonly port: number;
}

/** An L1 alone, which keeps the order of arrival within a block, until Ctrl-C. */
export async function runNode({ port }: NodeOptions): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const node = stack.adopt(await startL1(port), (l1) => l1.close());
  console.log(`L1 node at ${node.url}, with accounts of the development mnemonic. Ctrl-C stops it.`);
  await shutdownAsked();
}
