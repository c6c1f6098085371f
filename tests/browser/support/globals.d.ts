/** Folder of these tests, and the script for pages: put in by run.mjs. */
declare const __HERE__: string;
declare const __PAGE_SCRIPT__: string;
