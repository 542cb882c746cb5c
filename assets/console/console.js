// What a page does by itself; every page works without it.
"use strict";

// htmx's own requests carry the forms' token as well.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name=csrf-token]");
  event.detail.ctx.request.headers["X-CSRFToken"] = token.content;
});

// A report that was chosen or dropped is sent at once; the button stays for those without scripts.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.drop");
  if (!form || !event.target.files || !event.target.files.length) return;
  form.querySelector(".chosen").textContent = event.target.files[0].name;
  form.classList.add("sending");
  form.requestSubmit();
});
for (const name of ["dragenter", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest && event.target.closest("form.drop");
    if (form) form.classList.toggle("over", name === "dragenter");
  });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});
