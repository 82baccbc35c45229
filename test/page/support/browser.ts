import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { z } from "zod";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const axeResult = z.object({
  violations: z.array(
    z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

/** A page that a person looks at, and all that it did besides what they saw. */
export class View implements AsyncDisposable {
  readonly page: Page;
  /** What the browser's console complains of. */
  readonly complaints: string[] = [];
  /** Addresses that were asked for something. */
  readonly hosts = new Set<string>();

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("request", (request) => this.hosts.add(new URL(request.url()).hostname));
    page.on("websocket", (socket) => this.hosts.add(new URL(socket.url()).hostname));
  }

  /** What is written on it. */
  async text(selector = "main"): Promise<string> {
    return await this.page.locator(selector).innerText();
  }

  /** What keeps a person from using it, a line each. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(await readFile(AXE, "utf8"));
    const { violations } = axeResult.parse(await this.page.evaluate("axe.run(document)"));
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html ?? ""}`);
  }

  /** Pixels by which it is wider than the window. */
  async overflow(): Promise<number> {
    return z
      .number()
      .parse(
        await this.page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        ),
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}

const asked = z.object({ id: z.unknown(), method: z.string() });

/** Has methods of the gateways answer something that a devnet does not come to by itself. */
export async function answerInstead(page: Page, results: Readonly<Record<string, unknown>>): Promise<void> {
  await page.route(
    (url) => url.pathname === "/",
    async (route) => {
      const body: unknown = JSON.parse(route.request().postData() ?? "null");
      const requests = z.array(asked).safeParse(Array.isArray(body) ? body : [body]);
      if (!requests.success || !requests.data.some(({ method }) => method in results)) {
        await route.continue();
        return;
      }
      const given = await route.fetch();
      const answers = z.array(z.looseObject({ id: z.unknown() })).parse([await given.json()].flat());
      const told = answers.map((answer) => {
        const { method = "" } = requests.data.find(({ id }) => id === answer.id) ?? {};
        return method in results ? { jsonrpc: "2.0", id: answer.id, result: results[method] } : answer;
      });
      await route.fulfill({ response: given, json: Array.isArray(body) ? told : told[0] });
    },
  );
}

/** A browser without a window. */
export class Viewer implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(executablePath: string): Promise<Viewer> {
    return new Viewer(await chromium.launch({ executablePath, args: ["--no-sandbox"] }));
  }

  async look(url: string, options: BrowserContextOptions = {}): Promise<View> {
    const context = await this.#browser.newContext({ reducedMotion: "reduce", ...options });
    const view = new View(await context.newPage());
    await view.page.goto(url);
    return view;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** What is wrong with a picture that was saved, a line each; runs in the browser. */
export const CHECK_SVG = `(text) => {
  const faults = [];
  const file = new DOMParser().parseFromString(text, "image/svg+xml");
  if (file.querySelector("parsererror") !== null) faults.push("it is no XML");
  const allowed = ["svg", "style", "g", "rect", "text", "title", "path", "line", "defs", "marker", "pattern"];
  for (const element of file.querySelectorAll("*")) {
    if (!allowed.includes(element.localName)) faults.push("<" + element.localName + ">");
    for (const { name, value } of element.attributes) {
      if (/^on|href$|^src$/.test(name)) faults.push(name);
      if (/url\\((?!#)/.test(value) || /(https?|javascript|data):/.test(name.startsWith("xmlns") ? "" : value))
        faults.push(name + "=" + value);
    }
  }
  const styles = file.querySelector("style")?.textContent ?? "";
  if (/@import|url\\((?!"?#)|https?:/.test(styles)) faults.push("styles refer to something");
  return faults;
}`;
