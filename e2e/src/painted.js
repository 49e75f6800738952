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
const scrolls = (value) => value === "auto" || value === "scroll";

const wide = document.documentElement.scrollWidth - innerWidth;
if (wide > 0) found.push(`the page is ${wide} px wider than the window`);
for (const node of root.querySelectorAll("*")) {
  if (!(node instanceof HTMLElement) || !shown(node) || isUnseen(node)) continue;
  const style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  // Whoever scrolls or cuts off sideways may hold what is wider; a cut is judged below. What is typed scrolls in its field.
  let holder = node.parentElement;
  while (holder && getComputedStyle(holder).overflowX === "visible") holder = holder.parentElement;
  const isHeld = holder && holder !== document.documentElement && holder !== document.body;
  if (!isHeld && (box.right > innerWidth + 1 || box.left < -1)) {
    found.push(`${about(node)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${innerWidth}`);
  }
  if (["INPUT", "TEXTAREA", "SELECT", "OPTION"].includes(node.tagName) || style.display === "inline" || style.display === "contents") continue;
  const out = node.scrollWidth - node.clientWidth;
  if (out > 1 && node.clientWidth > 0 && !scrolls(style.overflowX)) {
    const isCut = style.overflowX === "hidden" || style.overflowX === "clip";
    const isTold = node.closest("[title]") || node.querySelector("[title]") || node.querySelector("[aria-label]");
    // What floats over the page is no content of the box that anchors it.
    const isAnchor = Array.from(node.querySelectorAll("*")).some(
      (one) => ["absolute", "fixed"].includes(getComputedStyle(one).position) && one.getBoundingClientRect().right > box.right + 1,
    );
    if (isAnchor) continue;
    if (!isCut) found.push(`${about(node)} is ${out} px narrower than what it holds`);
    else if (node.innerText.trim() && !isTold) found.push(`${about(node)} cuts off ${out} px without a title`);
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
