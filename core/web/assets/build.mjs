// Copies the front-end packages named in package.json into core/web/static/vendor (git-ignored).
//
// Tabler writes its colours with light-dark(), oklch() and color-mix(). Chromium 109 and Firefox ESR 115, which offices
// still use, cannot read them, and a rule that holds one behind var() falls back to nothing at all. So each such
// declaration is left out here and shidang.css names every colour plainly: all browsers then show the same page.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../../node_modules");
const vendor = join(here, "../static/vendor");

const COPIES = {
  "echarts/dist/echarts.min.js": "echarts.min.js",
  "tom-select/dist/js/tom-select.base.min.js": "tom-select.min.js",
};
const PLAIN_CSS = {
  "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
  "tom-select/dist/css/tom-select.min.css": "tom-select.min.css",
};
const TOO_NEW = /light-dark\(|oklch\(|oklab|color-mix\(/;

/** The stylesheet without the declarations that older browsers cannot read. */
export function plainColours(css) {
  let out = "";
  let start = 0;
  let depth = 0;
  let quote = "";
  for (let at = 0; at < css.length; at += 1) {
    const char = css[at];
    if (quote) {
      if (char === "\\") at += 1;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    else if (depth === 0 && (char === ";" || char === "{" || char === "}")) {
      const piece = css.slice(start, at);
      out += char !== "{" && TOO_NEW.test(piece) ? (char === "}" ? "}" : "") : piece + char;
      start = at + 1;
    }
  }
  return (out + css.slice(start)).replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
}

async function build() {
  await rm(vendor, { recursive: true, force: true });
  await mkdir(vendor, { recursive: true });
  for (const [source, target] of Object.entries(COPIES)) {
    await copyFile(join(modules, source), join(vendor, target));
  }
  for (const [source, target] of Object.entries(PLAIN_CSS)) {
    await writeFile(join(vendor, target), plainColours(await readFile(join(modules, source), "utf8")));
  }
}

await build();
