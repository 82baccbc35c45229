import path from "node:path";

/** NatSpec refers to something that is not there. */
export class BrokenReferenceError extends Error {}

/** Where something is described. */
interface Place {
  readonly page: string;
  readonly anchor: string;
  /** The contract that it belongs to, if it does. */
  readonly contract: string | undefined;
}

const HEADING = /^(#{1,2}) (\S+)$/;
/** `{Name}` or `{Contract.name}`. */
const REFERENCE = /\{([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\}/g;

/**
 * Turns NatSpec's `{references}` into links.
 * @param pages Markdown by path.
 * @param declared names that exist, though not all of them have a place in the pages: those stay as code.
 * @throws {BrokenReferenceError} that names all references to nothing.
 */
export function linkReferences(
  pages: ReadonlyMap<string, string>,
  declared: ReadonlySet<string>,
): Map<string, string> {
  const places = findPlaces(pages);
  const broken: string[] = [];
  const linked = new Map<string, string>();
  for (const [page, text] of pages) {
    let contract: string | undefined;
    const lines = proseLines(text).map(([line, isProse]) => {
      const [, level, heading] = HEADING.exec(line) ?? [];
      if (level === "#") contract = heading;
      if (!isProse || heading !== undefined) return line;
      return line.replaceAll(REFERENCE, (whole, first: string, second: string | undefined) => {
        const name = second ?? first;
        const all = places.get(name) ?? [];
        const found = choose(second === undefined ? all : all.filter((each) => each.contract === first), {
          page,
          contract,
        });
        if (found !== undefined) return `[${label(first, second)}](${linkTo(page, found)})`;
        if (!declared.has(name)) broken.push(`${page}: ${whole}`);
        return label(first, second);
      });
    });
    linked.set(page, lines.join("\n"));
  }
  if (broken.length > 0) throw new BrokenReferenceError(`NatSpec refers to nothing:\n${broken.join("\n")}`);
  return linked;
}

function findPlaces(pages: ReadonlyMap<string, string>): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const [page, text] of pages) {
    const seen = new Map<string, number>();
    let contract: string | undefined;
    for (const [line, isProse] of proseLines(text)) {
      const [, level, name] = isProse ? (HEADING.exec(line) ?? []) : [];
      if (name === undefined) continue;
      if (level === "#") contract = name;
      // As GitHub counts headings that are spelt alike.
      const slug = name.toLowerCase();
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      const anchor = count === 0 ? slug : `${slug}-${count}`;
      const place = { page, anchor, contract: level === "#" ? undefined : contract };
      places.set(name, [...(places.get(name) ?? []), place]);
    }
  }
  return places;
}

/** The nearest: of the same contract, of the same page, or the only one that there is. */
function choose(all: readonly Place[], at: Pick<Place, "page" | "contract">): Place | undefined {
  return (
    all.find(({ page, contract }) => page === at.page && contract === at.contract) ??
    all.find(({ page }) => page === at.page) ??
    all.find(({ contract }) => contract === undefined) ??
    all[0]
  );
}

function label(first: string, second: string | undefined): string {
  return `\`${first}${second === undefined ? "" : `.${second}`}\``;
}

function linkTo(from: string, { page, anchor }: Place): string {
  if (page === from) return `#${anchor}`;
  const relative = path.posix.relative(path.posix.dirname(from), page);
  return `${relative.startsWith(".") ? relative : `./${relative}`}#${anchor}`;
}

/** Lines, each with whether it is prose and not code. */
function proseLines(text: string): [line: string, isProse: boolean][] {
  let isFenced = false;
  return text.split("\n").map((line) => {
    const isFence = line.startsWith("```");
    if (isFence) isFenced = !isFenced;
    return [line, !isFence && !isFenced && !line.startsWith("    ")];
  });
}
