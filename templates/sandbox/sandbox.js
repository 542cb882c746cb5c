"use strict";
// Everything works without this file, but for the theme button: it only spares the reader the reloading.

const root = document.documentElement;
root.classList.remove("plain");

function chosenTheme() {
  try { return localStorage.getItem("theme") || ""; } catch { return ""; }
}

function isDark() {
  const theme = root.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function paint() {
  document.querySelectorAll(".article-body").forEach((body) => adaptColours(body, isDark()));
}

function switchTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window */ }
  paint();
}

// Replace the live regions of this page by those of a fresh one.
async function refresh(html, names) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const name of names) {
    const [here, there] = [document, fresh].map((page) => page.querySelector(`[data-live="${name}"]`));
    if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
  }
}

async function poll() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href);
    if (response.ok) await refresh(await response.text(), ["panel", "view"]);
  } catch { /* the sandbox was stopped */ }
}

function scrollToEnd() {
  const talk = document.querySelector(".talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
}

// What was typed shows at once; the answer when it comes.
function showSaid(words) {
  const line = document.createElement("div");
  line.className = "line mine";
  const bubble = line.appendChild(document.createElement("p"));
  bubble.className = "bubble";
  bubble.textContent = words;
  const avatar = line.appendChild(document.createElement("span"));
  avatar.className = "avatar me";
  avatar.textContent = "我";
  document.querySelector("#end").before(line);
  scrollToEnd();
}

async function say(event) {
  const form = event.target.closest("form[data-say]");
  if (!form) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const box = document.querySelector(".say");
  box.classList.add("busy");
  if (body.get("text")) showSaid(body.get("text"));
  form.reset();
  form.closest("details")?.removeAttribute("open");
  try {
    const response = await fetch("/chat", { method: "POST", body });
    await refresh(await response.text(), ["talk", "panel"]);
  } finally {
    box.classList.remove("busy");
    scrollToEnd();
  }
}

root.dataset.theme = chosenTheme();
if (!root.dataset.theme) delete root.dataset.theme;
document.querySelector(".theme").addEventListener("click", switchTheme);
document.addEventListener("submit", say);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
paint();
scrollToEnd();
setInterval(poll, 3000);
