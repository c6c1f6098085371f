import { render } from "preact";
import { isFramed } from "./embed/framed.ts";
import { App } from "./ui/app.tsx";
import { Embedded } from "./ui/embedded.tsx";

const root = document.getElementById("app");
// A frame is never signed in by this page's own form, and a window of its own never by another page's word.
if (root) render(isFramed() ? <Embedded /> : <App />, root);
