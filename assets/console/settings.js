// What the pages of the settings do by themselves; every page works without it.
"use strict";

// How much of a name or a sentence the platform still takes, as it counts: bytes of UTF-8.
const encoder = new TextEncoder();
function count(field) {
  const most = Number(field.dataset.bytes), left = field.parentElement.querySelector(".left");
  const size = encoder.encode(field.value.trim()).length;
  left.textContent = `${size} / ${most} 字节`;
  left.classList.toggle("over", size > most);
}
for (const field of document.querySelectorAll("[data-bytes]")) count(field);
document.addEventListener("input", (event) => {
  if (event.target.dataset && event.target.dataset.bytes) count(event.target);
});

// What can be filled in goes to where the cursor is.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".put");
  if (!button) return;
  const text = button.form.querySelector("textarea");
  text.focus();
  text.setRangeText(button.dataset.put, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
