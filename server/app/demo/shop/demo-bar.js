// The demo's own bar above the shop: where the agent page is, and what to do while its certificate is not yet trusted.
// It is not part of the page that is shared: its host is marked `data-vitrine-ui` and its shadow root is closed.
// Loaded before vitrine.js, so that it sees whether that arrives.
(() => {
  const SCRIPT = "script[data-site]";
  const host = document.createElement("div");
  host.id = "demo-bar";
  host.className = "demo-bar";
  host.setAttribute("data-vitrine-ui", "");
  host.dataset.state = "waiting";
  const root = host.attachShadow({ mode: "closed" });
  root.innerHTML = `
    <style>
      :host { display: block; }
      aside { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding: 8px 16px; background: #0f3d44; color: #fff;
        font: 14px/1.5 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
      p { margin: 0; }
      a { color: #c9f0ea; font-weight: 600; text-underline-offset: 3px; }
      a:focus-visible, button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; border-radius: 4px; }
      code { padding: 1px 6px; border-radius: 4px; background: #07282d; font: 13px ui-monospace, "DejaVu Sans Mono", monospace; user-select: all; }
      .login { display: flex; flex-wrap: wrap; gap: 4px 8px; }
      .trust { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; flex-basis: 100%; padding: 8px 12px; border-radius: 8px; background: #ffe3a3; color: #2b1d00; }
      .trust span { flex: 1 1 240px; }
      .trust a { color: #5a3200; }
      button { min-height: 32px; padding: 0 12px; border: 1px solid #5a3200; border-radius: 8px; background: #fff; color: #2b1d00; font: inherit; cursor: pointer; }
      [hidden] { display: none; }
    </style>
    <aside aria-label="About this demo">
      <p>Demo shop: <a target="vitrine-agent" rel="noopener">open the agent page</a></p>
      <p class="login"><span>Name <code class="name"></code></span> <span>Password <code class="password"></code></span></p>
      <p class="trust" role="status" hidden><span>Sharing is not ready yet, because your browser does not know this demo's certificate.
        <a target="vitrine-agent" rel="noopener">Open the agent page</a> once, accept the certificate there, then come back and reload.</span>
        <button type="button">Reload the shop</button></p>
    </aside>`;
  for (const link of root.querySelectorAll("a")) link.href = "{{AGENT_PAGE}}";
  root.querySelector(".name").textContent = "{{AGENT_NAME}}";
  root.querySelector(".password").textContent = "{{AGENT_PASSWORD}}";
  root.querySelector("button").addEventListener("click", () => location.reload());

  // Resource events do not bubble, so they are caught on the way down.
  document.addEventListener("load", (event) => heard(event, "ready"), true);
  document.addEventListener("error", (event) => heard(event, "untrusted"), true);

  function heard(event, state) {
    if (!(event.target instanceof Element) || !event.target.matches(SCRIPT)) return;
    host.dataset.state = state;
    root.querySelector(".trust").hidden = state !== "untrusted";
  }

  // The bar covers room that the page keeps free, so the page is laid out alike with and without it.
  document.documentElement.style.setProperty("--demo-bar-height", "37px");
  document.addEventListener("DOMContentLoaded", () => {
    document.body.prepend(host);
    new ResizeObserver(([entry]) => {
      const height_px = Math.ceil(entry.borderBoxSize[0].blockSize);
      document.documentElement.style.setProperty("--demo-bar-height", `${height_px}px`);
    }).observe(root.querySelector("aside"));
  });
})();
