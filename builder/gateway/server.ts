import type { AddressInfo } from "node:net";
import cors from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";
import { answerBody, failure, type Reply } from "./answer.ts";
import { RpcCode } from "./json-rpc.ts";
import { type PageRules, Pages } from "./pages.ts";
import { type Limit, limited } from "../evm/pace.ts";
import { PortInUseError } from "./port-in-use.ts";
import type { Handler, Service } from "./service.ts";
import { acceptSockets } from "./web-socket.ts";

export interface ServerOptions extends PageRules {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Default: this machine only. */
  readonly host?: string;
  /** Milliseconds for which EVM code of one request may run; 0: any time. Default 5 s. */
  readonly callTimeout?: number;
  readonly log?: Logger;
}

const CALL_TIMEOUT = 5_000;

/** A gateway that listens. */
export interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Greatest request, in bytes: well above the largest transaction that L1 takes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const NO_BYTES = new Uint8Array();
/** What is wrong with a request, by the HTTP status that says so. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  [413, `the request exceeds ${MAX_BODY_BYTES.toString()} bytes`],
  [415, "the content type must be application/json"],
]);

/**
 * Serves JSON-RPC 2.0 over HTTP POST, and over WebSocket on the same port.
 * @throws {PortInUseError}
 */
export async function serve(service: Service, options: ServerOptions): Promise<Gateway> {
  const { port, host = "127.0.0.1", log, callTimeout = CALL_TIMEOUT } = options;
  const milliseconds = callTimeout === 0 ? undefined : callTimeout;
  const pages = new Pages(options);
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
  const { origins } = pages;
  if (origins !== undefined) {
    await server.register(cors, { origin: origins, methods: ["POST"], allowedHeaders: ["content-type"] });
  }
  const respond = async (request: FastifyRequest, reply: FastifyReply, handle: Handler) => {
    const answer = await answerBody(
      request.body instanceof Uint8Array ? request.body : NO_BYTES,
      pages.handler(request.headers, limitedTo({ milliseconds, signal: gone(reply) }, handle)),
      log,
    );
    if (answer === undefined) return await reply.code(204).send();
    const seconds = retryAfter(answer);
    if (seconds !== undefined) reply.code(TOO_MANY_REQUESTS).header("retry-after", seconds.toString());
    return await reply.type("application/json").send(JSON.stringify(answer));
  };
  server.post("/", (request, reply) => respond(request, reply, service.handle));
  for (const [name, view] of service.views ?? []) {
    server.post(`/${name}`, (request, reply) => respond(request, reply, view("")));
    server.post<{ Params: { "*": string } }>(`/${name}/*`, (request, reply) =>
      respond(request, reply, view(request.params["*"])),
    );
  }
  const closeSockets = acceptSockets(server.server, service, {
    maxBytes: MAX_BODY_BYTES,
    pages,
    limit: (signal, handle) => limitedTo({ milliseconds, signal }, handle),
    ...(log === undefined ? {} : { log }),
  });
  const close = async () => {
    closeSockets();
    service.close();
    await server.close();
  };
  try {
    await server.listen({ port, host });
  } catch (error) {
    await close();
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new PortInUseError(port, "gateway", { cause: error });
    }
    throw error;
  }
  const bound = boundPort(server);
  return { url: `http://${host}:${bound.toString()}`, port: bound, close, [Symbol.asyncDispose]: close };
}

const TOO_MANY_REQUESTS = 429;
const busySchema = z.object({ retryAfterSeconds: z.number() });

/** Seconds after which the request may be tried again, if that is all that the answer says. */
function retryAfter(answer: Reply | Reply[]): number | undefined {
  if (Array.isArray(answer) || !("error" in answer)) return undefined;
  return busySchema.safeParse(answer.error.data).data?.retryAfterSeconds;
}

function limitedTo(limit: Limit, handle: Handler): Handler {
  return async (request) => await limited(limit, () => handle(request));
}

/** Aborted when the client leaves before it is answered. */
function gone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.on("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

function boundPort(server: FastifyInstance): number {
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
