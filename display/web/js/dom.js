// Makes DOM nodes. Text from outside only ever becomes text nodes; nothing here parses markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "rect", "circle", "line", "polygon", "text"]);

function setProperty(node, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith("--")) node.style.setProperty(key, value);
  else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "value" || key === "checked") node[key] = value;
  else node.setAttribute(key, value === true ? "" : value);
}

/** h("p", { class: "def", "--at": "50%", onclick: f }, "text", node, [nodes]) */
export function h(tag, props, ...kids) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG_NAMESPACE, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) setProperty(node, key, value);
  const shown = kids.flat(4).filter((kid) => kid !== undefined && kid !== false && kid !== null);
  node.append(...shown.map((kid) => (kid instanceof Node ? kid : String(kid))));
  return node;
}

/** Puts next where old is and gives it back; the focus stays on the element with the same data-key. */
export function swap(old, next) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  old.replaceWith(next);
  if (focused) next.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  return next;
}

export const classes = (...names) => names.filter(Boolean).join(" ");
