import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { AGENT_NAME_CHARS, PEOPLE_SETTLE_MS } from "../src/limits.js";
import { People } from "../src/people.js";

function peopleTest(
  name: string,
  body: (people: People, told: unknown[][], are: (...names: string[]) => void) => void,
) {
  test(name, () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
    const told: unknown[][] = [];
    const people = new People((...news) => told.push([...news, people.agents.length]));
    try {
      body(people, told, (...names) => people.are(names.map((name) => ({ name }))));
    } finally {
      mock.timers.reset();
    }
  });
}

peopleTest("who comes and who goes is told at once", (_, told, are) => {
  are("ann");
  are("ann", "ben");
  are("ben");
  assert.deepEqual(told, [
    ["ann", undefined, 1],
    ["ben", undefined, 2],
    [undefined, "ann", 1],
  ]);
});

peopleTest("after a reconnection nobody has left who is only counted late", (people, told, are) => {
  are("ann", "ben");
  told.length = 0;
  people.reconnected();
  are();
  are("ann");
  mock.timers.tick(PEOPLE_SETTLE_MS - 1);
  are("ann", "ben");
  mock.timers.tick(PEOPLE_SETTLE_MS);
  assert.deepEqual(told, [[undefined, undefined, 2]]);
});

peopleTest("who did leave meanwhile is told in the end, and who came at once", (people, told, are) => {
  are("ann");
  told.length = 0;
  people.reconnected();
  are();
  mock.timers.tick(PEOPLE_SETTLE_MS);
  are("cy");
  assert.deepEqual(told, [
    [undefined, "ann", 0],
    ["cy", undefined, 1],
  ]);
});

peopleTest("with the connection gone again, what was not settled counts no more", (people, told, are) => {
  are("ann");
  people.reconnected();
  are();
  people.forget();
  mock.timers.tick(2 * PEOPLE_SETTLE_MS);
  assert.deepEqual(told, [["ann", undefined, 1]]);
});

peopleTest("a long name is cut", (people, _, are) => {
  are("a".repeat(1_000));
  assert.equal(people.agents[0]?.name.length, AGENT_NAME_CHARS);
});
