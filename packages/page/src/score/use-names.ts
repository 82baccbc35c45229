import { useEffect } from "preact/hooks";
import type { System } from "../chains/system.ts";
import { abis } from "../names/abis.ts";
import { knowProxies, lookUp } from "../names/names.ts";
import { type FrameNode, nodesOf } from "./model.ts";

/** Finds out what the addresses of a score are called; what stands for what is seen in the score itself. */
export function useNames(system: System, root: FrameNode | undefined): void {
  useEffect(() => {
    if (root === undefined) return;
    const nodes = [...nodesOf(root)];
    knowProxies(
      nodes.flatMap((node) => {
        if (node.kind !== "crossing") return [];
        const { source, destination, from, to, callee } = node;
        const [here, there] = [system.nameOf(source), system.nameOf(destination)];
        return [
          ...(to === undefined || callee?.to === undefined
            ? []
            : [
                {
                  proxy: { chain: source, address: to },
                  original: { chain: destination, address: callee.to, chainName: there },
                },
              ]),
          ...(callee === undefined || callee.isForgotten
            ? []
            : [
                {
                  proxy: { chain: destination, address: callee.from },
                  original: { chain: source, address: from, chainName: here },
                },
              ]),
        ];
      }),
    );
    void lookUp(
      system,
      nodes.flatMap((node) =>
        node.kind === "frame"
          ? [
              { chain: node.chain, address: node.from },
              ...(node.to === undefined ? [] : [{ chain: node.chain, address: node.to }]),
            ]
          : [],
      ),
    );
  }, [root, abis.value]);
}
