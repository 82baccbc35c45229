import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { LockstepError } from "../protocol/errors.ts";
import { readBody, UnreadableBodyError } from "./body.ts";
import { type Answer, errorObject, reasonOf, RpcCode, type RpcRequest, requestSchema } from "./json-rpc.ts";

/** Answers one request. What it throws becomes an error object. */
export type Handler = (request: RpcRequest) => Promise<Answer>;

export interface ServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Default: this machine only. */
  readonly host?: string;
  /** Web pages of this origin may call (CORS); default none. */
  readonly allowOrigin?: string;
  readonly log?: Logger;
}

/** A gateway that listens. */
export interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The port is taken. */
export class PortInUseError extends LockstepError {
  constructor(port: number, options?: { cause?: unknown }) {
    super(
      "PORT_IN_USE",
      `port ${port.toString()} is in use; choose another or stop what listens there`,
      options,
    );
  }
}

/** Greatest request, in bytes: well above the largest transaction that L1 takes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Most requests in one batch. */
const MAX_BATCH = 1000;

const NO_BYTES = new Uint8Array();
/** What is wrong with a request, by the HTTP status that says so. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  [413, `the request exceeds ${MAX_BODY_BYTES.toString()} bytes`],
  [415, "the content type must be application/json"],
]);

type Reply = { readonly jsonrpc: "2.0"; readonly id: number | string | null } & Answer;

/** Serves JSON-RPC 2.0 over HTTP POST. @throws {PortInUseError} */
export async function serve(handler: Handler, options: ServerOptions): Promise<Gateway> {
  const { port, host = "127.0.0.1", allowOrigin, log } = options;
  const server = fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  // Nothing else: a web page may send other types to any address without asking it.
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  server.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
    const message = status === undefined ? undefined : REFUSALS.get(status);
    void reply
      .code(typeof status === "number" && message !== undefined ? status : 400)
      .send(failure(RpcCode.INVALID_REQUEST, message ?? "the request cannot be read"));
  });
  server.setNotFoundHandler((_request, reply) => {
    void reply.code(405).send(failure(RpcCode.INVALID_REQUEST, "requests are taken as POST to / only"));
  });
  if (allowOrigin !== undefined) allowPages(server, allowOrigin);
  server.post("/", async (request, reply) => {
    const answer = await answerBody(
      request.body instanceof Uint8Array ? request.body : NO_BYTES,
      handler,
      log,
    );
    if (answer === undefined) return await reply.code(204).send();
    return await reply.type("application/json").send(JSON.stringify(answer));
  });
  try {
    await server.listen({ port, host });
  } catch (error) {
    await server.close();
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new PortInUseError(port, { cause: error });
    }
    throw error;
  }
  const bound = boundPort(server);
  const close = async () => {
    await server.close();
  };
  return { url: `http://${host}:${bound.toString()}`, port: bound, close, [Symbol.asyncDispose]: close };
}

function allowPages(server: FastifyInstance, origin: string): void {
  server.addHook("onSend", async (_request, reply) => {
    void reply
      .header("access-control-allow-origin", origin)
      .header("access-control-allow-headers", "content-type");
  });
  server.options("/", async (_request, reply) => await reply.code(204).send());
}

function boundPort(server: FastifyInstance): number {
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** @returns nothing if there were only notifications. */
async function answerBody(
  body: Uint8Array,
  handler: Handler,
  log?: Logger,
): Promise<Reply | Reply[] | undefined> {
  let parsed: unknown;
  try {
    parsed = readBody(body);
  } catch (error) {
    if (!(error instanceof UnreadableBodyError)) throw error;
    return failure(RpcCode.PARSE_ERROR, error.message);
  }
  if (!Array.isArray(parsed)) return await answerOne(parsed, handler, log);
  if (parsed.length === 0) return failure(RpcCode.INVALID_REQUEST, "the batch is empty");
  if (parsed.length > MAX_BATCH) {
    return failure(
      RpcCode.INVALID_REQUEST,
      `the batch holds ${parsed.length.toString()} requests; ${MAX_BATCH.toString()} are allowed`,
    );
  }
  const replies: Reply[] = [];
  // One after the other, so that transactions of one sender are taken in their order.
  for (const each of parsed) {
    const reply = await answerOne(each, handler, log);
    if (reply !== undefined) replies.push(reply);
  }
  return replies.length === 0 ? undefined : replies;
}

async function answerOne(value: unknown, handler: Handler, log?: Logger): Promise<Reply | undefined> {
  const request = requestSchema.safeParse(value);
  if (!request.success)
    return failure(RpcCode.INVALID_REQUEST, `not a JSON-RPC request: ${reasonOf(request.error)}`);
  const { id } = request.data;
  const answer = await answerSafely(request.data, handler, log);
  return id === undefined ? undefined : { jsonrpc: "2.0", id, ...answer };
}

async function answerSafely(request: RpcRequest, handler: Handler, log?: Logger): Promise<Answer> {
  try {
    return await handler(request);
  } catch (error) {
    if (!(error instanceof LockstepError))
      log?.error({ err: error, method: request.method }, "request failed");
    return { error: errorObject(error) };
  }
}

function failure(code: number, message: string): Reply {
  return { jsonrpc: "2.0", id: null, error: { code, message } };
}
