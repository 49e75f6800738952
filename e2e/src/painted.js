// What is wrong with how the topmost layer is painted: content that reaches out of the window or of the box it stands in,
// text that is cut off without a title, text with too little contrast. Answers a sentence for each.
const found = [];
const modal = Array.from(document.querySelectorAll("dialog[open]")).filter((dialog) => dialog.matches(":modal")).pop();
const root = modal ?? document.body;
const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const about = (node) => {
  const text = node.innerText?.trim().replace(/\s+/g, " ").slice(0, 40) ?? "";
  return `${node.tagName.toLowerCase()}${typeof node.className === "string" && node.className ? "." + node.className.trim().replace(/\s+/g, ".") : ""} "${text}"`;
};
// Only for those who listen.
const isUnseen = (node) => {
  const box = node.getBoundingClientRect();
  return box.width <= 1 || box.height <= 1 || node.closest(".sr-only, .skip-link");
};
const flows = (style) => style.overflowX === "visible";
const isSeenThrough = (color) => color === "transparent" || /^rgba.*,\s*0\)$|\/\s*0\)$/.test(color);
// A surface has an edge that can be seen: a border or a ground of its own.
const isSurface = (style) =>
  !isSeenThrough(style.backgroundColor) ||
  ["Left", "Right"].every((side) => Number.parseFloat(style[`border${side}Width`]) > 0 && !isSeenThrough(style[`border${side}Color`]));
/** The surface that something is painted on; null where that is cut off, scrolled or floats over the page. */
const surface = (node) => {
  for (let at = node; at && at !== document.body; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (at !== node && !flows(style)) return null;
    if (at !== node && isSurface(style)) return at;
    if (["absolute", "fixed"].includes(style.position)) return null;
  }
  return null;
};
const leaves = (box, node, what) => {
  const on = surface(node);
  const edge = on?.getBoundingClientRect();
  if (edge && (box.right > edge.right + 1 || box.left < edge.left - 1)) {
    found.push(`${what} reaches out of ${about(on)}: from ${Math.round(box.left)} to ${Math.round(box.right)}, and that from ${Math.round(edge.left)} to ${Math.round(edge.right)}`);
  }
};

const wide = document.documentElement.scrollWidth - innerWidth;
if (wide > 0) found.push(`the page is ${wide} px wider than the window`);
for (const node of root.querySelectorAll("*")) {
  if (!(node instanceof HTMLElement) || !shown(node) || isUnseen(node)) continue;
  const style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  let holder = node.parentElement;
  while (holder && flows(getComputedStyle(holder))) holder = holder.parentElement;
  const isHeld = holder && holder !== document.documentElement && holder !== document.body;
  if (!isHeld && (isSurface(style) || node.matches("input, select, button, a, svg")) && (box.right > innerWidth + 1 || box.left < -1)) {
    found.push(`${about(node)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${innerWidth}`);
  }
  if (isSurface(style) && node !== root) leaves(box, node, about(node));
  // What is typed scrolls in its field.
  if (node.matches("input, textarea, select, option") || ["inline", "contents"].includes(style.display)) continue;
  const out = node.scrollWidth - node.clientWidth;
  const isCut = ["hidden", "clip"].includes(style.overflowX) && out > 1 && node.clientWidth > 0 && node.innerText.trim();
  if (isCut && !node.closest("[title]") && !node.querySelector("[title], [aria-label]")) {
    found.push(`${about(node)} cuts off ${out} px without a title`);
  }
}
const written = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
while (written.nextNode()) {
  const node = written.currentNode.parentElement;
  if (!written.currentNode.data.trim() || !node || !shown(node) || isUnseen(node)) continue;
  const range = document.createRange();
  range.selectNodeContents(written.currentNode);
  // Its own element may be the surface, such as a badge.
  const on = isSurface(getComputedStyle(node)) && flows(getComputedStyle(node)) ? node.getBoundingClientRect() : null;
  for (const box of range.getClientRects()) {
    if (on && (box.right > on.right + 1 || box.left < on.left - 1)) found.push(`${about(node)} is narrower than its text`);
    else if (!on && flows(getComputedStyle(node))) leaves(box, node, about(node));
  }
}

// Contrast: the color of each text over what is painted behind it.
const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const read = new Map();
const rgba = (color) => {
  if (!read.has(color)) {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = color;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
    read.set(color, [red, green, blue, alpha / 255]);
  }
  return read.get(color);
};
const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3])).concat(1);
const ground = (node) => {
  const layers = [];
  for (let at = node; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    const color = rgba(style.backgroundColor);
    if (color[3] > 0) layers.push([color[0], color[1], color[2], color[3] * Number(style.opacity)]);
    if (color[3] === 1) break;
  }
  return layers.reverse().reduce((under, top) => over(top, under), rgba(getComputedStyle(document.documentElement).getPropertyValue("background-color")));
};
const light = ([red, green, blue]) => {
  const [r, g, b] = [red, green, blue].map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const faded = (node) => {
  let opacity = 1;
  for (let at = node; at && at !== root; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
  return opacity;
};
const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
const told = new Set();
while (texts.nextNode()) {
  const node = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !node || told.has(node) || !shown(node) || isUnseen(node)) continue;
  told.add(node);
  // What cannot be used is exempt (WCAG 1.4.3).
  if (node.closest("[disabled], [aria-disabled=true], option")) continue;
  const style = getComputedStyle(node);
  const color = node instanceof SVGElement ? rgba(style.fill) : rgba(style.color);
  const behind = ground(node);
  const ink = over([color[0], color[1], color[2], color[3] * faded(node)], behind);
  const [more, less] = [light(ink), light(behind)].sort((one, other) => other - one);
  const ratio = (more + 0.05) / (less + 0.05);
  const size = Number.parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (isLarge ? 3 : 4.5) - 0.005) found.push(`${about(node)} has a contrast of ${ratio.toFixed(2)} to 1`);
}
return [...new Set(found)].slice(0, 12);
