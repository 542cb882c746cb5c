// The page of an issue's looks; htmx draws the cover anew, and without either it is a form.
"use strict";

const form = document.getElementById("looks");
const unsaved = form.querySelector(".unsaved");
const failed = form.querySelector(".failed");
let leaving = false;

// What was chosen and not kept is said, and asked about before the page goes.
// Whoever is quick has typed before this runs.
unsaved.hidden = ![...form.elements].some((each) => (["radio", "checkbox"].includes(each.type)
  ? each.checked !== each.defaultChecked
  : each.type !== "hidden" && "defaultValue" in each && each.value !== each.defaultValue));
form.addEventListener("input", () => { unsaved.hidden = false; });
form.addEventListener("submit", () => { leaving = true; });
addEventListener("beforeunload", (event) => {
  if (!unsaved.hidden && !leaving) event.preventDefault();
});
addEventListener("pageshow", () => { leaving = false; });

// What was chosen is still there after a new sign-in, should the session have ended over it.
const KEPT = `rikan:${location.pathname}`, OURS = ["csrf_token", "framed"];
const chosen = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OURS.includes(name));
const plain = (values) => JSON.stringify(values.filter(([name]) => name !== "since").map((each) => each.join(" ").trim()));
const keep = () => {
  try { sessionStorage.setItem(KEPT, JSON.stringify(chosen())); } catch { /* it is chosen once more */ }
};
const takeUp = () => {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT));
    sessionStorage.removeItem(KEPT);
  } catch { /* as if nothing had been kept */ }
  if (!kept || plain(kept) === plain(chosen())) return;
  for (const [name, value] of kept) {
    const field = form.elements[name];
    if (field instanceof RadioNodeList || (field && field.type !== "checkbox")) field.value = value;
    else if (field) field.checked = true;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
};
form.addEventListener("submit", (event) => {
  if (!event.submitter || event.submitter.name !== "reset") keep();
});
setTimeout(takeUp); // after htmx, which begins in the same way and hears it then

// Of a picture that no longer comes the old one stays, and says so.
const answered = (event) => {
  const response = event.detail.ctx && event.detail.ctx.response;
  failed.hidden = Boolean(response && response.status < 400);
  if (!response || response.status !== 401) return;
  leaving = true;
  keep();
};
for (const name of ["htmx:after:request", "htmx:error"]) document.addEventListener(name, answered);

// What is being changed is what is looked at. On a narrow screen the article pushes the form away, so it is left to the thumb.
const SHOWN_IN = { headline: "message", layout: "message", palette: "message", picture: "message", without_picture: "message", digest: "chat", theme: "article", author: "article" };
const beside = matchMedia("(min-width: 961px)");
form.addEventListener("input", (event) => {
  const wanted = SHOWN_IN[event.target.name];
  const now = document.querySelector("[name=view]:checked").value;
  if (!wanted || (!beside.matches && [wanted, now].includes("article"))) return;
  document.querySelector(`[name=view][value=${wanted}]`).checked = true;
});
