// What the build puts in, and how it imports style sheets.
declare const __VERSION__: string;
declare const __RECORDER_FILE__: string;
declare const __RECORDER_INTEGRITY__: string;

declare module "*.css" {
  const text: string;
  export default text;
}
