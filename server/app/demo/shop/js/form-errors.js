// Says what is missing in a form: beside each field, and in a list at the top that takes the focus.

/** `checks`: field name to a function of its value that answers a sentence when something is wrong. True when all is well. */
export function validate(form, checks, summary) {
  const wrong = [];
  for (const [name, check] of Object.entries(checks)) {
    const field = form.elements[name];
    const text = check(field.type === "checkbox" ? field.checked : field.value.trim());
    mark(field, text);
    if (text) wrong.push({ field, text });
  }
  summary.hidden = wrong.length === 0;
  summary.querySelector("ul").replaceChildren(...wrong.map(({ field, text }) => listed(field, text)));
  if (wrong.length > 0) summary.focus();
  return wrong.length === 0;
}

function mark(field, text) {
  const id = `${field.id}-error`;
  document.getElementById(id)?.remove();
  if (!text) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  const said = document.createElement("p");
  Object.assign(said, { id, className: "field-error", textContent: text });
  field.closest(".field, .choice").append(said);
}

function listed(field, text) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  Object.assign(link, { href: `#${field.id}`, textContent: text });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
  });
  item.append(link);
  return item;
}
