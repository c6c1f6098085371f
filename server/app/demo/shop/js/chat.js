// The message window: the shop answers after a moment.

const ANSWER_MS = 1500;
const ANSWER = "Thank you, I am looking at your order now.";
const log = document.querySelector(".chat-log");

document.querySelector(".chat-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.message;
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  say(text, "mine");
  setTimeout(() => say(ANSWER, ""), ANSWER_MS);
});

function say(text, kind) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  log.append(item);
  log.scrollTop = log.scrollHeight;
}
