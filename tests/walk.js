// Run in a page by tests/test_console_access.py: what can be used, and what the Tab key came by.
window.walk = (() => {
  const USABLE = "a[href],button,input:not([type=hidden]),select,textarea,summary,iframe,[tabindex]";
  const SHOWS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "backgroundColor", "top", "clipPath"];
  const shown = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(":disabled,[tabindex='-1']");
  // Of a group of radio buttons Tab leads to one.
  const single = (each) => each.type !== "radio" || each.checked
    || !(each.form || document).querySelector(`[type=radio][name="${each.name}"]:checked`);
  const around = (each) => [each, each.nextElementSibling, each.parentElement, each.closest("label"), each.closest("form"), each.querySelector("*")].filter(Boolean);
  const look = (each) => around(each).map((part) => SHOWS.map((name) => getComputedStyle(part)[name]).join()).join(";");
  const named = (each) => each.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const usable = [...document.querySelectorAll(USABLE)].filter((each) => shown(each) && single(each));
  const before = new Map(usable.map((each) => [each, look(each)])), come = new Set(), unseen = [], covered = [];
  document.addEventListener("focusin", ({ target }) => {
    if (come.has(target)) return;
    come.add(target);
    if (target.tagName === "IFRAME" || !before.has(target)) return;
    if (before.get(target) === look(target)) unseen.push(named(target));
    const box = target.getBoundingClientRect();
    const x = Math.min(box.left + box.width / 2, innerWidth - 1), y = Math.min(box.top + Math.min(box.height, 40) / 2, innerHeight - 1);
    const there = document.elementFromPoint(x, y);
    const fixed = there && [...document.querySelectorAll("*")].find((each) =>
      ["fixed", "sticky"].includes(getComputedStyle(each).position) && each.contains(there) && !each.contains(target));
    if (!there || fixed) covered.push(`${named(target)} ${fixed ? named(fixed) : "off the screen"}`);
  });
  let round = 0;
  return {
    // Twice through the page's end: where it began is the browser's business.
    done: () => document.activeElement === document.body && (round += 1) > 1,
    result: () => ({ missed: usable.filter((each) => each.isConnected && shown(each) && !come.has(each)).map(named), unseen, covered }),
  };
})();
