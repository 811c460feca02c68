// The bookkeeping of autosave: whatever the network does, every last typed value ends up acknowledged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, backoffSeconds, retryAfterSeconds } from "../../../../../portal/assets/src/autosave/outbox.js";

test("a message carries changes, their base and one key until it is settled", () => {
  const box = new Outbox(7, { onset: 3 });
  box.put("onset", "4");
  box.put("question", "Becker?");
  const first = box.next();
  assert.deepEqual(first.changes, { onset: "4", question: "Becker?" });
  assert.deepEqual(first.base, { onset: 3, question: 7 });
  box.put("onset", "5");
  assert.equal(box.next(), first, "the same message is sent again after a break");
  box.accept({ version: 8, versions: { onset: 8, question: 8 } });
  const second = box.next();
  assert.notEqual(second.key, first.key);
  assert.deepEqual([second.changes, second.base], [{ onset: "5" }, { onset: 8 }]);
});

test("newer typing wins over what is put back", () => {
  const box = new Outbox(1, {});
  box.put("a", "old");
  box.put("b", "kept");
  box.next();
  box.put("a", "new");
  box.putBack(new Set());
  assert.deepEqual(box.next().changes, { a: "new", b: "kept" });
});

test("after a conflict the next change builds on the other version", () => {
  const box = new Outbox(1, { a: 1 });
  box.put("a", "mine");
  box.next();
  box.putBack(new Set(["a"]));
  assert.ok(box.isEmpty);
  box.rebase("a", 5);
  box.put("a", "mine");
  assert.deepEqual(box.next().base, { a: 5 });
});

test("waiting grows to a minute and honours what the server asks", () => {
  const steady = () => 0.5;
  assert.deepEqual([1, 2, 3, 7, 30].map((n) => backoffSeconds(n, steady)), [1, 2, 4, 60, 60]);
  assert.equal(retryAfterSeconds("12"), 12);
  assert.equal(retryAfterSeconds(null), 0);
  assert.equal(retryAfterSeconds("nonsense"), 0);
  assert.equal(retryAfterSeconds("99999"), 600);
  assert.equal(Math.round(retryAfterSeconds(new Date(30_000).toUTCString(), 0)), 30);
});

/** A small generator of numbers, so that a failure can be repeated. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

test("nothing typed is lost, whatever the order of typing, losses and answers", () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = numbers(seed);
    const box = new Outbox(0, {});
    const typed = {};
    const stored = {};
    const keys = new Set();
    let version = 0;
    const deliver = (message) => {
      if (keys.has(message.key)) return;
      keys.add(message.key);
      version += 1;
      Object.assign(stored, message.changes);
    };
    for (let step = 0; step < 60; step += 1) {
      const what = random(5);
      const message = what > 1 ? box.next() : null;
      if (what <= 1) {
        const item = `item${random(4)}`;
        typed[item] = `${seed}-${step}`;
        box.put(item, typed[item]);
      } else if (message && what === 2) {
        deliver(message); // arrived, but the answer was lost: the message will come again
      } else if (message && what === 3) {
        deliver(message);
        box.accept({ version, versions: {} });
      } else if (message && what === 4) {
        box.putBack(new Set()); // refused whole, nothing stored
      }
    }
    while (box.next()) {
      deliver(box.next());
      box.accept({ version, versions: {} });
    }
    assert.deepEqual(stored, typed, `seed ${seed}`);
  }
});
