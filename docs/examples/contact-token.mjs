// A website's endpoint for contact tokens, without packages: GET /contact-token answers who is signed in, for 500 seconds.
//
//   CONTACT_SITE=shop CONTACT_KEY_ID=2026-11 CONTACT_SECRET=… PORT=3000 node contact-token.mjs
//
// Site, key and secret are those of [sites.shop] and its contact-keys in Vitrine's configuration.
import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const { CONTACT_SITE, CONTACT_KEY_ID, CONTACT_SECRET, PORT = "3000" } = process.env;
if (!CONTACT_SITE || !CONTACT_KEY_ID || !CONTACT_SECRET)
  throw new Error("set CONTACT_SITE, CONTACT_KEY_ID, CONTACT_SECRET");
const GOOD_FOR_S = 500;

/** In place of these, your website's own: who is signed in by this request's session, as its server knows. */
const SIGNED_IN = new Map([["4711", { name: "Jane Doe", plan: "Gold" }]]);
function customerOf(request) {
  const session = /(?:^|; )session=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
  return SIGNED_IN.get(session);
}

function contactToken(attributes) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: CONTACT_SITE, iat: now, exp: now + GOOD_FOR_S, jti: randomUUID(), attributes };
  const signed = `${part({ alg: "HS256", typ: "JWT", kid: CONTACT_KEY_ID })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", CONTACT_SECRET).update(signed).digest("base64url")}`;
}

const server = createServer((request, response) => {
  if (request.method !== "GET" || request.url !== "/contact-token") {
    response.writeHead(404).end();
    return;
  }
  const customer = customerOf(request);
  // Null: nobody is signed in. No CORS header: no other website's page may read the answer.
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify({ contactToken: customer ? contactToken(customer) : null }));
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on port ${server.address().port}`));
