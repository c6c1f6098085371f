// The contact form, and questions that a link points at.
import { validate } from "./form-errors.js";

document.getElementById("contact-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const checks = {
    "contact-email": (value) =>
      /^\S+@\S+\.\S+$/.test(value) ? "" : "Enter an email address, for example jane@example.com",
    "contact-text": (value) => (value ? "" : "Write a few words, so that we can help"),
  };
  if (!validate(event.target, checks, document.getElementById("contact-errors"))) return;
  event.target.reset();
  document.getElementById("contact-said").textContent = "Thank you. We answer within a working day.";
});

function openLinked() {
  const linked = document.getElementById(location.hash.slice(1));
  if (linked instanceof HTMLDetailsElement) linked.open = true;
}
openLinked();
window.addEventListener("hashchange", openLinked);
