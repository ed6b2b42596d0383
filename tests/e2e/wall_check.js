// Injected into a page: finds text that is cut, overlaps, leaves its box, is too small or too faint. wallCheck() -> {faults, smallest, contrast}.
(function () {
  const AA = 4.5;
  const AA_LARGE = 3;
  const LARGE_PX = 24;
  const SHRINK = 0.42; // half of a line's ink, as a share of the font's size
  const BOXES = ".tile, .county-grid li, .gap, td, .top, .fresh, .banner, .replay-bar";

  const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const colour = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const ratio = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };

  function* ancestors(element) {
    for (let node = element; node && node !== document.body; node = node.parentElement) yield node;
  }

  function ground(element) {
    for (const node of [...ancestors(element), document.body, document.documentElement]) {
      const [red, green, blue, alpha = 1] = colour(getComputedStyle(node).backgroundColor);
      if (red !== undefined && alpha > 0.99) return [red, green, blue];
    }
    return [255, 255, 255];
  }

  const isHidden = (element) => {
    const style = getComputedStyle(element);
    return (
      style.visibility === "hidden" ||
      style.display === "none" ||
      element.closest(".sr, script, style, noscript, template") !== null
    );
  };

  /** "" seen whole, "hidden" seen not at all, "cut" seen in part, by an ancestor that clips. An ellipsis is a cut that is meant. */
  function clipping(element, box) {
    for (const node of ancestors(element)) {
      const style = getComputedStyle(node);
      if (!/hidden|clip|auto|scroll/.test(style.overflowX + style.overflowY)) continue;
      const frame = node.getBoundingClientRect();
      if (
        box.left >= frame.right - 1 ||
        box.top >= frame.bottom - 1 ||
        box.right <= frame.left + 1 ||
        box.bottom <= frame.top + 1
      )
        return "hidden";
      if (
        /auto|scroll/.test(style.overflowX + style.overflowY) ||
        style.textOverflow === "ellipsis" ||
        style.webkitLineClamp !== "none"
      )
        return "hidden-part";
      if (box.right > frame.right + 1 || box.bottom > frame.bottom + 3) return "cut";
    }
    return "";
  }

  function texts() {
    const out = [];
    const walker = document.createTreeWalker(
      document.querySelector("dialog[open]") || document.body,
      NodeFilter.SHOW_TEXT,
    );
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.data.trim() || isHidden(node.parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects())
        if (box.width >= 1) out.push({ element: node.parentElement, box, text: node.data.trim().slice(0, 20) });
    }
    return out;
  }

  /** Line boxes of the largest figures reach a little below their ink: as much more as the glass is finer. */
  const scale = Math.max(1, Math.min(innerWidth / 1920, innerHeight / 1080));

  function placeFaults({ element, box, text }, faults) {
    const clipped = clipping(element, box);
    if (clipped === "cut") faults.add(`CUT ${text}`);
    if (clipped === "hidden" || clipped === "hidden-part") return false;
    if (box.right > innerWidth + 1 || box.left < -1)
      faults.add(`OFF THE SIDE ${text} ${Math.round(box.right - innerWidth)}`);
    if (innerWidth > 900 && box.bottom > innerHeight + 2)
      faults.add(`BELOW THE GLASS ${text} ${Math.round(box.bottom - innerHeight)}`);
    const holder = innerWidth > 900 && element.closest(BOXES);
    const frame = holder && holder.getBoundingClientRect();
    if (frame && (box.right > frame.right + 3 || box.bottom > frame.bottom + 8 * scale || box.left < frame.left - 3))
      faults.add(
        `OUT OF ITS BOX ${text} ${Math.round(box.right - frame.right)},${Math.round(box.bottom - frame.bottom)}`,
      );
    return true;
  }

  function measure(seen, faults, result) {
    const { element, text } = seen;
    const style = getComputedStyle(element);
    const px = parseFloat(style.fontSize);
    const isMark = /^[▲▼●○–—\-\s]*$/.test(text);
    if (!isMark && px < result.smallest.px) result.smallest = { px, text };
    if (element.closest("svg")) return px;
    const found = ratio(colour(style.color), ground(element));
    const least = px >= LARGE_PX || (px >= 18.66 && Number(style.fontWeight) >= 700) ? AA_LARGE : AA;
    if (found < result.contrast.ratio) result.contrast = { ratio: Math.round(found * 100) / 100, text };
    if (found < least) faults.add(`FAINT ${text} ${found.toFixed(2)}`);
    return px;
  }

  const inked = (seen, px) => ({
    ...seen,
    left: seen.box.left,
    right: seen.box.right,
    top: seen.box.top + seen.box.height / 2 - px * SHRINK,
    bottom: seen.box.top + seen.box.height / 2 + px * SHRINK,
  });

  /** A bar that stays in sight on a phone lies over what scrolls below it. */
  const isOver = (element) => innerWidth <= 900 && element.closest(".replay-bar") !== null;

  function overlaps(inks, faults) {
    inks.sort((a, b) => a.top - b.top);
    for (let i = 0; i < inks.length; i++) {
      for (let j = i + 1; j < inks.length && inks[j].top < inks[i].bottom; j++) {
        const [one, other] = [inks[i], inks[j]];
        if (one.element === other.element || isOver(one.element) !== isOver(other.element)) continue;
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (wide > 2 && high > 3)
          faults.add(`OVERLAP "${one.text}" x "${other.text}" ${Math.round(wide)}x${Math.round(high)}`);
      }
    }
  }

  window.wallCheck = function wallCheck() {
    const faults = new Set();
    const result = { smallest: { px: Infinity, text: "" }, contrast: { ratio: 21, text: "" } };
    const inks = [];
    for (const seen of texts()) {
      if (!placeFaults(seen, faults)) continue;
      inks.push(inked(seen, measure(seen, faults, result)));
    }
    overlaps(inks, faults);
    if (
      innerHeight >= 1080 &&
      innerWidth >= 1920 &&
      result.smallest.px < 24 * Math.min(innerWidth / 1920, innerHeight / 1080) - 0.1
    )
      faults.add(`SMALL ${result.smallest.text} ${result.smallest.px}`);
    if (document.documentElement.scrollWidth > innerWidth + 1)
      faults.add(`SCROLLS SIDEWAYS ${document.documentElement.scrollWidth}`);
    return { faults: [...faults], ...result };
  };
})();
