// The recorder writes an imported sheet out in place of its `@import` where it may read it. One of another origin it leaves as
// it is, behind those rules, where no browser takes an import. In front of them it counts for less than it did, but it counts.
const IMPORT = /@import url\("(?:[^"\\]|\\.)*"\)[^;{}"]*;/g;

export function importsFirst(css: string): string {
  const imports = css.includes("@import") ? css.match(IMPORT) : null;
  return imports ? imports.join("") + css.replace(IMPORT, "") : css;
}
