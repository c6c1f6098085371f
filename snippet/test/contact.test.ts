import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { askPage, Contact, type ContactDoor } from "../src/contact.js";
import { Refusal } from "../src/create.js";
import type { Authenticate, CustomerInPage } from "../src/handover.js";
import { AUTHENTICATE_TIMEOUT_MS, CONTACT_EVERY_MS } from "../src/limits.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));

const GIVES: [how: string, authenticate: Authenticate, token: string | null][] = [
  ["by calling back", (done) => done("a.b.c"), "a.b.c"],
  ["by calling back later", (done) => void setImmediate(() => done("a.b.c")), "a.b.c"],
  ["by what it returns", () => "a.b.c", "a.b.c"],
  ["by a promise", async () => "a.b.c", "a.b.c"],
  ["by calling back from a promise", (done) => Promise.resolve("a.b.c").then(done), "a.b.c"],
  ["by calling back, whatever else it returns", (done) => [setImmediate(() => done("a.b.c"))], "a.b.c"],
  ["nothing: nobody is signed in", (done) => done(), null],
  ["null: nobody is signed in", async () => null, null],
  ["the first that it says", (done) => ["first", "second"].forEach((token) => void done(token)), "first"],
];

for (const [how, authenticate, token] of GIVES) {
  test(`the page gives a token ${how}`, async () => assert.equal(await askPage(authenticate), token));
}

const refusedWith = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

const FAILS: [how: string, authenticate: Authenticate][] = [
  [
    "throws",
    () => {
      throw new Error("the site's own");
    },
  ],
  ["rejects", () => Promise.reject(new Error("the site's own"))],
  ["gives something else", (done) => done({ token: "a.b.c" } as unknown as string)],
];

for (const [how, authenticate] of FAILS) {
  test(`a page that ${how} is told so`, () =>
    assert.rejects(askPage(authenticate), refusedWith("authenticate-failed")));
}

test("a page that says nothing is not waited for without end", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const asked = assert.rejects(
      askPage(() => undefined),
      refusedWith("authenticate-timeout"),
    );
    mock.timers.tick(AUTHENTICATE_TIMEOUT_MS);
    await asked;
  } finally {
    mock.timers.reset();
  }
});

/** A running session, and what was sent and told of it. */
function running(customer: CustomerInPage, status = 204, body: unknown = null) {
  const sent: unknown[] = [];
  const errors: unknown[] = [];
  const place: { door: ContactDoor | null } = { door: { base: "https://support.example/base/", token: "t1" } };
  const fetch = async (url: string, { headers, body: text, credentials }: RequestInit) => {
    sent.push([url, (headers as Record<string, string>).authorization, credentials, JSON.parse(String(text))]);
    return new Response(body === null ? null : JSON.stringify(body), { status });
  };
  Object.assign(globalThis, { fetch });
  const contact = new Contact(
    customer,
    () => place.door,
    (error) => errors.push(error),
  );
  return { contact, sent, errors, place };
}

const to = (contactToken: string | null) => [
  "https://support.example/base/api/v1/customer/contact",
  "Bearer t1",
  "omit",
  { contactToken },
];

test("asked anew, what the page gives is handed over by the session's own token, also that nobody is signed in", async () => {
  const customer: CustomerInPage = { authenticate: () => "a.b.c" };
  const { contact, sent, errors } = running(customer);
  await contact.renew();
  customer.authenticate = () => null;
  await contact.renew();
  customer.authenticate = undefined;
  await contact.renew();
  assert.deepEqual(sent, [to("a.b.c"), to(null)]);
  assert.deepEqual(errors, []);
});

test("a page is not asked while it is being asked, nor once the session is over", async () => {
  let asked = 0;
  let answer: ((token: string) => void) | undefined;
  const { contact, sent, place } = running({
    authenticate: (done) => {
      asked += 1;
      answer = done;
    },
  });
  const first = contact.renew();
  await contact.renew();
  assert.equal(asked, 1);
  place.door = null;
  answer?.("a.b.c");
  await first;
  await contact.renew();
  assert.equal(asked, 1);
  assert.deepEqual(sent, []);
});

test("what goes wrong is told to the page by the server's own word", async () => {
  const refused = { type: "urn:vitrine:problem:contact-token-refused" };
  const { contact, errors } = running({ authenticate: () => "a.b.c" }, 422, refused);
  await contact.renew();
  assert.deepEqual(errors, [{ code: "contact-token-refused" }]);
});

test("a page that names its function again is asked again, and not more often than it may be", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  try {
    const { contact, sent } = running({ authenticate: () => "a.b.c" });
    const named = async (after_ms: number) => {
      contact.named();
      mock.timers.tick(after_ms);
      await settle();
      await settle();
      return sent.length;
    };
    assert.equal(await named(0), 1);
    assert.equal(await named(CONTACT_EVERY_MS - 1), 1);
    assert.equal(await named(1), 2);
  } finally {
    mock.timers.reset();
  }
});
