/** `node scripts/build-page.mjs <folder>`: bundles packages/page into static files. */
import { buildPage } from "./page/build.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("node scripts/build-page.mjs <folder>");
await buildPage(folder);
