import type { IncomingMessage, Server } from "node:http";
import type { Logger } from "pino";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { answerBody } from "./answer.ts";
import { type Answer, InvalidParamsError, parseParams, type RpcRequest } from "./json-rpc.ts";
import type { Pages } from "./pages.ts";
import type { Handler, Service } from "./service.ts";
import { randomId } from "./subscriptions/random-id.ts";

export interface SocketOptions {
  /** Greatest message, in bytes. */
  readonly maxBytes: number;
  /** Which web pages may connect. */
  readonly pages: Pages;
  /** What a request may use: until the signal is aborted, at most. */
  readonly limit: (signal: AbortSignal, handle: Handler) => Handler;
  readonly log?: Logger;
}

/** Messages of a client that may wait for those before to be answered; more are not read yet. */
const MAX_WAITING = 32;
const MAX_CONNECTIONS = 1_000;
const MAX_SUBSCRIPTIONS = 1_000;
/** Bytes that may wait for a client that does not read. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;
/** Milliseconds between pings; who has not answered the last one is gone. */
const HEARTBEAT = 30_000;

/**
 * Lets clients connect to `server` by WebSocket. Browsers open WebSockets to any address without asking it,
 * but they say for which page: a page's connection is refused unless its origin is allowed.
 * @returns what ends all connections.
 */
export function acceptSockets(server: Server, service: Service, options: SocketOptions): () => void {
  const { maxBytes, pages, limit, log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBytes, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, HEARTBEAT);
  heartbeat.unref();
  server.on("upgrade", (request: IncomingMessage, stream, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    const refusal =
      refusalOf(request, options) ?? (sockets.clients.size < MAX_CONNECTIONS ? undefined : FULL);
    if (refusal !== undefined) {
      stream.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on("pong", () => alive.add(socket));
      const left = new AbortController();
      socket.on("close", () => {
        left.abort();
      });
      const handle = pages.handler(request.headers, limit(left.signal, service.handle));
      new Connection(socket, { ...service, handle }, log);
    });
  });
  return () => {
    clearInterval(heartbeat);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

const FULL = "503 Service Unavailable";

function refusalOf({ url, headers }: IncomingMessage, { pages }: SocketOptions): string | undefined {
  if (url !== "/") return "404 Not Found";
  return pages.allows(headers.origin) ? undefined : "403 Forbidden";
}

interface Subscription {
  /** Undefined until the client was told the subscription's id; until then notifications wait here. */
  waiting: unknown[] | undefined;
  end: () => void;
}

/** One client: its requests are answered one after the other, its subscriptions end with it. */
class Connection {
  readonly #socket: WebSocket;
  readonly #service: Service;
  readonly #subscriptions = new Map<string, Subscription>();
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(socket: WebSocket, service: Service, log: Logger | undefined) {
    this.#socket = socket;
    this.#service = service;
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      for (const { end } of this.#subscriptions.values()) end();
      this.#subscriptions.clear();
    });
    socket.on("message", (data) => {
      // A connection that is not read is not seen to close: what a client left behind would run on.
      if (++this.#waiting >= MAX_WAITING) socket.pause();
      this.#tail = this.#tail
        .then(() => this.#answer(bytesOf(data), log))
        .catch((error: unknown) => {
          log?.error({ err: error }, "message failed");
          socket.terminate();
        })
        .finally(() => {
          this.#waiting--;
          socket.resume();
        });
    });
  }

  async #answer(body: Uint8Array, log: Logger | undefined): Promise<void> {
    const answer = await answerBody(body, (request) => this.#handle(request), log);
    if (answer !== undefined) this.#send(answer);
    for (const [id, subscription] of this.#subscriptions) {
      const waiting = subscription.waiting ?? [];
      subscription.waiting = undefined;
      for (const result of waiting) this.#notify(id, result);
    }
  }

  async #handle(request: RpcRequest): Promise<Answer> {
    if (request.method === "eth_subscribe") return { result: await this.#subscribe(request.params) };
    if (request.method === "eth_unsubscribe") {
      const [id] = parseParams(z.tuple([z.string()]), request.params);
      const subscription = this.#subscriptions.get(id);
      subscription?.end();
      return { result: this.#subscriptions.delete(id) };
    }
    return await this.#service.handle(request);
  }

  async #subscribe(params: readonly unknown[]): Promise<string> {
    const [name, ...rest] = parseParams(z.tuple([z.string().max(100)], z.unknown()), params);
    const topic = this.#service.topics.get(name);
    if (topic === undefined) throw new InvalidParamsError(`there is no subscription to ${name}`);
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS)
      throw new InvalidParamsError(`a connection has at most ${MAX_SUBSCRIPTIONS} subscriptions`);
    const id = randomId();
    const subscription: Subscription = { waiting: [], end: () => undefined };
    this.#subscriptions.set(id, subscription);
    try {
      const end = await topic(rest, (result) => {
        if (subscription.waiting === undefined) this.#notify(id, result);
        else subscription.waiting.push(result);
      });
      subscription.end = end;
      // The client may have left meanwhile.
      if (!this.#subscriptions.has(id)) end();
      return id;
    } catch (error) {
      this.#subscriptions.delete(id);
      throw error;
    }
  }

  #notify(subscription: string, result: unknown): void {
    if (!this.#subscriptions.has(subscription)) return;
    this.#send({ jsonrpc: "2.0", method: "eth_subscription", params: { subscription, result } });
  }

  #send(message: unknown): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BACKLOG_BYTES) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
