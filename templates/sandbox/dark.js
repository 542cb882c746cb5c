"use strict";
// An approximation of how the platform's app darkens an article: near-white backgrounds become dark, bright ones are
// dimmed, and text is moved away from its background until it can be read. Pictures are left alone.

const PAGE = [25, 25, 25];
const READABLE = 65;

const originals = new WeakMap();
const brightness = ([r, g, b]) => (r * 299 + g * 587 + b * 114) / 1000;

function parseColour(text) {
  const parts = (text.match(/[\d.]+/g) || []).map(Number);
  return parts.length < 3 ? null : { rgb: parts.slice(0, 3), alpha: parts[3] ?? 1 };
}

const written = (rgb, alpha) => `rgba(${rgb.map((part) => Math.round(part)).join(", ")}, ${alpha})`;

function lightness(rgb) {
  return ((Math.max(...rgb) + Math.min(...rgb)) / 510) * 100;
}

// The same hue and saturation at another lightness (0–100).
function atLightness(rgb, wanted) {
  const [high, low] = [Math.max(...rgb) / 255, Math.min(...rgb) / 255];
  const middle = (high + low) / 2;
  const saturation = high === low ? 0 : (high - low) / (1 - Math.abs(2 * middle - 1));
  const spread = (1 - Math.abs((2 * wanted) / 100 - 1)) * saturation;
  const floor = wanted / 100 - spread / 2;
  const share = (part) => (high === low ? 0 : (part / 255 - low) / (high - low));
  return rgb.map((part) => 255 * (floor + spread * share(part)));
}

function atBrightness(rgb, wanted) {
  const now = brightness(rgb) || 1;
  return rgb.map((part) => Math.min(255, (part * wanted) / now));
}

function darkBackground(rgb) {
  const grey = Math.max(...rgb) - Math.min(...rgb) < 3;
  if (brightness(rgb) > 250 || (grey && lightness(rgb) > 40)) {
    const level = Math.max(25, ((110 - lightness(rgb)) / 100) * 255);
    return brightness(rgb) > 250 ? PAGE : [level, level, level];
  }
  if (brightness(rgb) > 190) return atBrightness(rgb, 190);
  return brightness(rgb) < 22 ? [22, 22, 22] : rgb;
}

function readable(rgb, behind) {
  const distance = (colour) => Math.abs(brightness(colour) - brightness(behind));
  if (distance(rgb) >= READABLE) return rgb;
  const turned = lightness(rgb) <= 40 ? atLightness(rgb, 90 - lightness(rgb)) : rgb;
  if (distance(turned) >= READABLE) return turned;
  const above = brightness(behind) + READABLE;
  return atBrightness(turned, above > 250 ? brightness(behind) - READABLE : above);
}

// Walk down with the background that is really behind each element.
function darken(element, behind) {
  if (element.closest("svg")) return;
  const style = getComputedStyle(element);
  const back = parseColour(style.backgroundColor);
  let ground = behind;
  const todo = {};
  if (back && back.alpha >= 0.05) {
    const dark = darkBackground(back.rgb);
    todo["background-color"] = written(dark, back.alpha);
    ground = dark.map((part, index) => part * back.alpha + behind[index] * (1 - back.alpha));
  }
  const text = parseColour(style.color);
  // Inherited text is set anew wherever the ground changes.
  if (text && (element.style.color || todo["background-color"])) todo.color = written(readable(text.rgb, ground), text.alpha);
  for (const side of ["top", "right", "bottom", "left"]) {
    const edge = parseColour(style.getPropertyValue(`border-${side}-color`));
    if (edge && parseFloat(style.getPropertyValue(`border-${side}-width`)) > 0) {
      const softened = brightness(edge.rgb) > 190 ? darkBackground(edge.rgb) : readable(edge.rgb, behind);
      todo[`border-${side}-color`] = written(softened, edge.alpha);
    }
  }
  for (const child of element.children) darken(child, ground);
  if (!Object.keys(todo).length) return;
  originals.set(element, element.getAttribute("style"));
  for (const [name, value] of Object.entries(todo)) element.style.setProperty(name, value);
}

function restore(element) {
  if (!originals.has(element)) return;
  const style = originals.get(element);
  if (style === null) element.removeAttribute("style");
  else element.setAttribute("style", style);
  originals.delete(element);
}

// Called by sandbox.js whenever the theme changes.
function adaptColours(body, dark) {
  body.querySelectorAll("*").forEach(restore);
  if (dark) for (const child of body.children) darken(child, PAGE);
}
