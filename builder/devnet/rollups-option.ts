import { z } from "zod";
import { isKindName, kindNames } from "../node/kinds/names.ts";

/** Each has a gateway, a port and an EVM of its own in this process. */
const MOST_ROLLUPS = 16;

/** A number would be taken for the rollup's own, and `=` and `:` end a name in other options. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

/** A devnet's rollups, in the order of their numbers: `name` and `kind` of each. */
export const devnetRollups = z
  .array(
    z.strictObject(
      { name: z.string({ error: "is not a name" }), kind: z.string({ error: "is not a kind of rollup" }) },
      { error: "is not a rollup's name and kind, { name, kind }" },
    ),
    { error: "is not a list of { name, kind }" },
  )
  .min(1, "name at least one rollup and its kind, for example A:evm")
  .max(MOST_ROLLUPS, `a devnet has ${MOST_ROLLUPS} rollups at most`)
  .superRefine((all, context) => {
    const named = new Set(["l1"]);
    for (const [index, { name, kind }] of all.entries()) {
      const where = `rollup ${index + 1}`;
      if (!NAME.test(name))
        context.addIssue(
          `${where}: "${name}" is no name; one begins with a letter, and has 32 letters, digits, - and _ at most`,
        );
      else if (named.has(name.toLowerCase()))
        context.addIssue(`${where}: there is another chain called ${name}; each needs a name of its own`);
      if (!isKindName(kind))
        context.addIssue(`${where}: "${kind}" is no kind of rollup; kinds are ${kindNames()}`);
      named.add(name.toLowerCase());
    }
  });

/** The same, as `--rollups` takes them: `name:kind`, separated by commas. */
export const rollupsOption = z
  .string()
  .transform((text, context) =>
    text.split(",").map((each, index) => {
      const [name = "", kind, ...more] = each.split(":").map((part) => part.trim());
      if (kind === undefined || more.length > 0)
        context.addIssue(`rollup ${index + 1}: "${each.trim()}" is not a name and a kind, as A:evm is`);
      return { name, kind: kind ?? "" };
    }),
  )
  .pipe(devnetRollups);
