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
  // What the archive holds; nothing where the page came back with a text that was not saved.
  const saved = form.dataset.unsaved === undefined ? area.value : null;
  const beside = matchMedia("(min-width: 1181px)"), stale = form.querySelector(".paper .stale");
  let turn = 0, timer = 0, asking = null, gone = false, saving = false, full = false, checked = null;
  form.classList.add("scripted");
  form.querySelector(".switch").hidden = false;

  function tell(text, trouble) {
    said.textContent = text;
    said.classList.toggle("trouble", Boolean(trouble));
  }

  class Refused extends Error {
    constructor(status) {
      super(String(status));
      this.status = status;
    }
  }

  async function send(address, more, signal) {
    const body = new FormData(more ? form : undefined);
    for (const [name, value] of Object.entries(more || {})) body.set(name, value);
    const headers = { Accept: "application/json", "X-CSRFToken": token, "HX-Request": "true" };
    const answer = await fetch(address, { method: "POST", body, headers, signal });
    if (!answer.ok) throw new Refused(answer.status);
    return answer;
  }

  // The way back to a page that may be saved: its session has ended, or is another one by now.
  function ended(told, words, address) {
    gone = true;
    tell(`${told}。你写的文字还在这台设备上，`, true);
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    said.append(link);
  }

  function cut(error) {
    if (error.name === "AbortError") return;
    const { page, signIn } = form.dataset, why = error.status;
    if (why === 401) return ended("登录已过期", "重新登录后接着写", signIn);
    if (why === 400) return ended("这一页放得太久了", "刷新后接着写", page);
    if (why === 413) return tell("文字太长，存不下。请分成几期，或删去一些", true);
    if (why) return tell("没有成功，请再试一次", true);
    tell("连不上服务器。文字先存在这台设备上，连上后会继续", true);
    timer = setTimeout(look, AGAIN);
  }

  // Looking over.

  async function look() {
    const mine = (turn += 1), text = area.value;
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const answer = await send(form.dataset.paper, {}, asking.signal);
      const seen = await answer.json();
      if (mine !== turn) return;
      checked = text;
      show(seen);
      if (text === saved) tell("");
      else if (full) tell("这台设备存不下没保存的文字，请及时保存", true);
      else tell("有没保存的改动");
    } catch (error) {
      if (mine === turn) cut(error);
    }
  }

  function show(seen) {
    const shown = count.querySelector("b");
    shown.textContent = seen.characters ? seen.characters.toLocaleString("en-US") : "—";
    count.classList.toggle("over", seen.characters >= Number(count.dataset.limit));
    notes.innerHTML = seen.notes;
    const first = notes.querySelector(".error .jump");
    stale.querySelector("b").textContent = first ? first.textContent : "有的地方";
    stale.hidden = Boolean(seen.preview);
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

  // A mend is of the text that was looked over: what was typed since has moved its lines.
  async function mend(button) {
    const text = area.value;
    if (text !== checked) return tell("正在看刚写的，看完再按一次");
    try {
      const answer = await send(form.dataset.mend, { mend: button.value });
      const mended = await answer.json();
      if (text !== area.value) return tell("刚才又写了字，没有改。请再按一次");
      if (text === mended.text) return tell("这一处要自己看一看再改");
      put(mended.text);
      tell("改好了，还没有保存");
    } catch (error) {
      cut(error);
    }
  }

  // As if it had been typed, so that it can be undone; the cursor stays where something changed.
  function put(text) {
    const before = area.value, shorter = Math.min(before.length, text.length);
    let at = 0, same = 0;
    while (at < shorter && before[at] === text[at]) at += 1;
    while (same < shorter - at && before.at(-1 - same) === text.at(-1 - same)) same += 1;
    area.focus({ preventScroll: true });
    // Only what differs: of a whole text that is put in, the browser loses lines when it is undone and done again.
    area.setSelectionRange(at, before.length - same);
    const words = text.slice(at, text.length - same);
    if (!document.execCommand(words ? "insertText" : "delete", false, words)) area.value = text;
    area.setSelectionRange(at, at);
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
      full = false;
    } catch {
      full = Boolean(value);
    }
  };

  function changed() {
    lay();
    keep(KEPT + begun.value, area.value === saved ? null : { text: area.value, at: Date.now() });
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  }

  // Pinyin that is still being typed is no text yet.
  function typed(event) {
    if (event.isComposing) lay();
    else changed();
  }

  function offer() {
    if (form.dataset.savedOver !== undefined) keep(KEPT + form.dataset.savedOver, null);
    const names = Object.keys(localStorage).filter((name) => name.startsWith("rikan:"));
    for (const name of names) if (Date.now() - (kept(name) || { at: 0 }).at > OLD) keep(name, null);
    const mine = names.filter((name) => name.startsWith(KEPT) && kept(name)).sort((a, b) => kept(b).at - kept(a).at);
    for (const name of mine) if (kept(name).text === saved) keep(name, null);
    const found = mine.find((name) => kept(name) && kept(name).text !== area.value);
    if (!found || document.querySelector(".clash")) return;
    const box = document.getElementById("unsaved"), { text, at } = kept(found), from = found.slice(KEPT.length);
    const when = new Date(at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const [version] = from.split(".");
    const late = version === base.value ? "" : "之后有人保存过，保存时会给你看两份文字。";
    box.querySelector("p").textContent = `这台设备上有 ${when} 写的、没有保存的文字。${late}`;
    box.hidden = false;
    box.addEventListener("click", (event) => {
      if (event.target.value === "take") {
        [base.value, begun.value] = [version, from];
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
    } catch (error) {
      // Of the rest is told where it matters: when something is typed or saved.
      if ([400, 401].includes(error.status)) cut(error);
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
    if (saving) return;
    saving = true;
    tell("正在保存…");
    try {
      if (new Blob([area.value]).size > Number(form.dataset.largest)) throw new Refused(413);
      await send(others.dataset.address);
      form.dataset.asked = "1";
      form.requestSubmit(button);
    } catch (error) {
      saving = false;
      cut(error);
    }
  });
  addEventListener("pageshow", () => {
    saving = false;
    delete form.dataset.asked;
  });
  addEventListener("beforeunload", (event) => {
    if (full && !saving) event.preventDefault();
  });

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
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
  });
  area.addEventListener("input", typed);
  area.addEventListener("compositionend", changed);
  frame.addEventListener("load", bare);
  addEventListener("resize", lay);
  // Of two tabs each keeps its own copy.
  if (!begun.value.includes(".")) begun.value += `.${Math.random().toString(36).slice(2, 10)}`;
  checked = area.value;
  bare();
  lay();
  offer();
  here();
  setInterval(here, HERE);
  if (saved === null) changed();
})();
