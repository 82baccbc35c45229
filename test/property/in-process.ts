import hre, { network } from "hardhat";
import { type Abi, type Hex, http } from "viem";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { clientOver, type L1Client } from "../../builder/l1/client.ts";

/**
 * Hardhat's node in this process, behind the client that the builder uses: requests do not leave the process.
 */
export async function openL1(): Promise<{ l1: L1Client; close: () => Promise<void> }> {
  const connection = await network.create({ network: "default" });
  const answer = async (request: unknown): Promise<unknown> => {
    const { id, method, params } = readRequest(request);
    try {
      return { jsonrpc: "2.0", id, result: await connection.provider.request({ method, params }) };
    } catch (error) {
      return { jsonrpc: "2.0", id, error: describe(error) };
    }
  };
  const transport = http("http://in-process", {
    retryCount: 0,
    fetchFn: async (_url, init) => {
      const body: unknown = JSON.parse(typeof init?.body === "string" ? init.body : "null");
      const reply = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
      return new Response(JSON.stringify(reply), { headers: { "content-type": "application/json" } });
    },
  });
  return { l1: clientOver(transport), close: () => connection.close() };
}

let compiled: Promise<unknown> | undefined;

/** An artefact of the project, compiled once per process. */
export async function artefact(name: string): Promise<{ abi: Abi; bytecode: Hex }> {
  compiled ??= compileContracts();
  await compiled;
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  return { abi: [...abi], bytecode: `0x${bytecode.slice(2)}` };
}

function readRequest(request: unknown): { id: unknown; method: string; params: unknown[] } {
  if (typeof request !== "object" || request === null || !("method" in request))
    throw new Error("not a request");
  const { method } = request;
  if (typeof method !== "string") throw new Error("not a request");
  const params = "params" in request && Array.isArray(request.params) ? request.params : [];
  return { id: "id" in request ? request.id : null, method, params };
}

function describe(error: unknown): { code: number; message: string; data?: unknown } {
  const code =
    typeof error === "object" && error !== null && "code" in error && typeof error.code === "number"
      ? error.code
      : -32000;
  const data = typeof error === "object" && error !== null && "data" in error ? { data: error.data } : {};
  return { code, message: error instanceof Error ? error.message : String(error), ...data };
}
