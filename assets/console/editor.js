// The editor: what is typed is looked over at each pause, and kept in this browser until it is saved.
"use strict";
(() => {
  const form = document.querySelector("form.editor");
  const area = form.elements.text, base = form.elements.base, begun = form.elements.begun;
  const mirror = form.querySelector(".mirror"), notes = document.getElementById("notes");
  const frame = form.querySelector("iframe"), said = document.getElementById("said");
  const count = document.getElementById("count"), others = document.getElementById("others");
  const token = document.querySelector("meta[name=csrf-token]").content;
  // The preview follows within half a second: a pause, and what the server takes.
  const PAUSE = 220, AGAIN = 3000, HERE = 30000, OLD = 30 * 24 * 3600 * 1000;
  const original = area.value, beside = matchMedia("(min-width: 1181px)");
  let turn = 0, timer = 0, asking = null, gone = false;
  form.classList.add("scripted");
  form.querySelector(".switch").hidden = false;

  function tell(text, trouble) {
    said.textContent = text;
    said.classList.toggle("trouble", Boolean(trouble));
  }

  async function send(address, more, signal) {
    const body = new FormData(more ? form : undefined);
    for (const [name, value] of Object.entries(more || {})) body.set(name, value);
    const headers = { Accept: "application/json", "X-CSRFToken": token, "HX-Request": "true" };
    const answer = await fetch(address, { method: "POST", body, headers, signal });
    if (answer.status === 401) ended();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  function ended() {
    gone = true;
    tell("登录已过期。你写的文字还在这台设备上，", true);
    const link = document.createElement("a");
    link.href = form.dataset.signIn;
    link.textContent = "重新登录后接着写";
    said.append(link);
  }

  function cut(error) {
    if (error.name === "AbortError" || gone) return;
    const away = error instanceof TypeError;
    tell(away ? "连不上服务器。文字先存在这台设备上，连上后会继续" : "没有成功，请再试一次", true);
    if (away) timer = setTimeout(look, AGAIN);
  }

  // Looking over.

  async function look() {
    const mine = (turn += 1);
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const answer = await send(form.dataset.paper, {}, asking.signal);
      const seen = await answer.json();
      if (mine !== turn) return;
      show(seen);
      tell(area.value === original ? "" : "有没保存的改动");
    } catch (error) {
      if (mine === turn) cut(error);
    }
  }

  function show(seen) {
    const shown = count.querySelector("b");
    shown.textContent = seen.characters ? seen.characters.toLocaleString("en-US") : "—";
    count.classList.toggle("over", seen.characters >= Number(count.dataset.limit));
    notes.innerHTML = seen.notes;
    if (seen.preview) draw(seen.preview);
    lay();
  }

  // Only what changes is put into the frame: it stays where its reader has scrolled to.
  function draw(page) {
    const inside = frame.contentDocument, now = inside && inside.querySelector(".phones");
    if (!now || !inside.querySelector(".switch")) return frame.contentWindow.location.reload();
    // Of the frame's own document: the article's styles are allowed there only.
    const fresh = inside.createElement("div");
    fresh.innerHTML = page;
    const next = fresh.querySelector(".phones");
    if (next) now.replaceWith(next);
  }

  // What was found stands beside the text already.
  function bare() {
    const inside = frame.contentDocument;
    for (const part of inside ? inside.querySelectorAll(".bar, .findings") : []) part.style.display = "none";
  }

  // The mirror below the text says how high it is, and where each line stands.

  function lay() {
    const lines = area.value.split("\n");
    while (mirror.children.length > lines.length) mirror.lastChild.remove();
    while (mirror.children.length < lines.length) mirror.append(document.createElement("div"));
    lines.forEach((line, at) => {
      const row = mirror.children[at];
      if (row.textContent !== line) row.textContent = line;
      row.className = "";
    });
    area.style.height = `${mirror.scrollHeight}px`;
    let below = 0;
    for (const note of notes.querySelectorAll("li")) {
      const row = mirror.children[Number(note.dataset.line)];
      if (row && !note.matches(".measure")) row.classList.add(note.className.split(" ")[0]);
      const top = Math.max(row ? row.offsetTop : 0, below);
      note.style.position = beside.matches ? "absolute" : "";
      note.style.left = note.style.right = "0";
      note.style.top = `${top}px`;
      below = top + note.offsetHeight + 8;
    }
    notes.style.minHeight = beside.matches && below ? `${below}px` : "";
  }

  function jump(note) {
    const at = Number(note.dataset.line), lines = area.value.split("\n");
    const start = lines.slice(0, at).join("\n").length + (at ? 1 : 0);
    for (const each of form.querySelectorAll(".here")) each.classList.remove("here");
    area.focus({ preventScroll: true });
    area.setSelectionRange(start, start + (lines[at] || "").length);
    const row = mirror.children[at];
    if (row) row.classList.add("here");
    if (row) row.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  async function mend(button) {
    try {
      const answer = await send(form.dataset.mend, { mend: button.value });
      const { text } = await answer.json();
      if (text === area.value) return tell("这一处要自己看一看再改");
      put(text);
      tell("改好了，还没有保存");
    } catch (error) {
      cut(error);
    }
  }

  // As if it had been typed, so that it can be undone.
  function put(text) {
    area.focus({ preventScroll: true });
    area.select();
    if (!document.execCommand("insertText", false, text)) area.value = text;
    area.setSelectionRange(0, 0);
    changed();
  }

  // What is not saved outlives the tab.

  const KEPT = `rikan:${form.dataset.issue}:`;
  const kept = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const keep = (name, value) => {
    try {
      if (value) localStorage.setItem(name, JSON.stringify(value));
      else localStorage.removeItem(name);
    } catch {
      tell("这台设备存不下没保存的文字，请及时保存", true);
    }
  };

  function changed() {
    lay();
    keep(KEPT + begun.value, area.value === original ? null : { text: area.value, at: Date.now() });
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  }

  function offer() {
    if (form.dataset.savedOver !== undefined) keep(KEPT + form.dataset.savedOver, null);
    const names = Object.keys(localStorage).filter((name) => name.startsWith("rikan:"));
    for (const name of names) if (Date.now() - (kept(name) || { at: 0 }).at > OLD) keep(name, null);
    const mine = names.filter((name) => name.startsWith(KEPT) && kept(name)).sort((a, b) => kept(b).at - kept(a).at);
    const found = mine.find((name) => kept(name).text !== area.value);
    if (!found || document.querySelector(".clash")) return;
    const box = document.getElementById("unsaved"), { text, at } = kept(found), from = found.slice(KEPT.length);
    const when = new Date(at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const late = from === base.value ? "" : "之后有人保存过，保存时会给你看两份文字。";
    box.querySelector("p").textContent = `这台设备上有 ${when} 写的、没有保存的文字。${late}`;
    box.hidden = false;
    box.addEventListener("click", (event) => {
      if (event.target.value === "take") {
        base.value = begun.value = from;
        put(text);
      } else if (event.target.value === "drop") keep(found, null);
      if (event.target.value) box.hidden = true;
    });
  }

  // Who else is here.

  async function here() {
    if (gone || document.hidden) return;
    try {
      const answer = await send(others.dataset.address);
      const text = await answer.text();
      if (others.innerHTML.trim() !== text.trim()) others.innerHTML = text;
    } catch {
      // Told where it matters: when something is typed or saved.
    }
  }

  // Saving: asked first whether anybody is there, so that what is written is not lost to an error's page.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button && button.name === "mend") {
      event.preventDefault();
      event.stopPropagation();
      return mend(button);
    }
    if (form.dataset.asked || (button && button.formTarget)) return;
    event.preventDefault();
    event.stopPropagation();
    tell("正在保存…");
    try {
      await send(others.dataset.address);
      form.dataset.asked = "1";
      form.requestSubmit(button);
    } catch (error) {
      cut(error);
    }
  });
  addEventListener("pageshow", () => delete form.dataset.asked);

  notes.addEventListener("click", (event) => {
    if (event.target.matches(".jump")) jump(event.target.closest("li"));
  });
  form.querySelector(".switch").addEventListener("click", (event) => {
    if (!event.target.value) return;
    form.classList.toggle("on-paper", event.target.value === "paper");
    for (const each of form.querySelectorAll(".switch button")) {
      each.setAttribute("aria-pressed", String(each === event.target));
    }
    lay();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
  });
  area.addEventListener("input", changed);
  frame.addEventListener("load", bare);
  addEventListener("resize", lay);
  bare();
  lay();
  offer();
  here();
  setInterval(here, HERE);
  if (area.value !== original || document.querySelector(".clash")) changed();
})();
