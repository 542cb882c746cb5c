// The page of an issue's looks; htmx draws the cover anew, and without either it is a form.
"use strict";

const form = document.getElementById("looks");
const unsaved = form.querySelector(".unsaved");
const failed = form.querySelector(".failed");
let leaving = false;

// What was chosen and not kept is said, and asked about before the page goes.
form.addEventListener("input", () => { unsaved.hidden = false; });
form.addEventListener("submit", () => { leaving = true; });
addEventListener("beforeunload", (event) => {
  if (!unsaved.hidden && !leaving) event.preventDefault();
});
addEventListener("pageshow", () => { leaving = false; });

// Of a picture that no longer comes the old one stays, and says so.
const answered = (event) => {
  const response = event.detail.ctx && event.detail.ctx.response;
  failed.hidden = Boolean(response && response.status < 400);
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
