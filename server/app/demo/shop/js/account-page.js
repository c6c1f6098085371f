// Signing in and out (any password will do in the demo) and the forms of the account.
import { vouch } from "./contact.js";
import { validate } from "./form-errors.js";
import { keeper } from "./keep.js";

const account = keeper("localStorage", "tidewell.account");
const LEAST_LETTERS = 4;
const byId = (id) => document.getElementById(id);

/** The club's pictures are for members: the shop knows them by a cookie that goes nowhere else. */
function showClub(signedIn) {
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has another way.
  document.cookie = `tidewell-club=in; path=/club; SameSite=Lax; max-age=${signedIn ? 3600 : 0}`;
  if (signedIn) byId("club-bag").src = "/club/bag.webp";
  else byId("club-bag").removeAttribute("src");
}

function show(signedIn) {
  showClub(signedIn);
  byId("sign-in").hidden = signedIn;
  byId("account-area").hidden = !signedIn;
  vouch();
}
show(account.read() === "in");

byId("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const checks = {
    username: (value) => (value ? "" : "Enter your email address"),
    password: (value) => (value.length >= LEAST_LETTERS ? "" : "Enter your password"),
  };
  if (!validate(event.target, checks, byId("login-errors"))) return;
  event.target.reset();
  byId("password").type = "password";
  account.write("in");
  show(true);
  byId("account-title").focus();
});

byId("sign-out").addEventListener("click", () => {
  account.forget();
  show(false);
  byId("sign-in-title").focus();
});

byId("show-password").addEventListener("change", (event) => {
  byId("password").type = event.target.checked ? "text" : "password";
});

byId("details-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("details-said").textContent = "Your details are saved.";
});

byId("password-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const checks = {
    "current-password": (value) => (value ? "" : "Enter your current password"),
    "new-password": (value) => (value.length >= 8 ? "" : "Choose a new password of 8 characters or more"),
  };
  byId("password-said").textContent = "";
  if (!validate(form, checks, byId("password-errors"))) return;
  form.reset();
  byId("password-said").textContent = "Your password is changed.";
});

byId("close-account").addEventListener("click", () => {
  byId("close-said").textContent = "Nothing is closed in the demo.";
});
