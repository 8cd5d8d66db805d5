// Labels: the better-connected first, more of them the nearer one comes, none over another. They are as large at every zoom.
const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const widths = new Map();
function widthOf(context, text, font) {
  const key = font + text;
  if (!widths.has(key)) { context.font = font; widths.set(key, context.measureText(text).width); }
  return widths.get(key);
}

const CLOSING = /^[）」』”’】》〉、，。；：！？)\]]/;
// A name on at most two lines, broken at spaces or, in Chinese, anywhere; what does not fit is cut.
function lines(context, text, font, most, rows) {
  const pieces = text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/gu) || [text], found = [""];
  for (const piece of pieces) {
    const part = widthOf(context, piece, font) > most * 1.2 ? shorter(piece, 14) : piece, line = found[found.length - 1];
    if (line && !CLOSING.test(part) && widthOf(context, (line + part).trimEnd(), font) > most) {
      if (found.length === rows) { found[found.length - 1] = line.trimEnd().replace(/…$/, "") + "…"; return found; }
      found.push(part.trimStart());
    } else found[found.length - 1] = line + part;
  }
  return found.map(line => line.trim());
}

// Boxes that are taken, found again by the cells of a coarse grid.
function board(cell = 90) {
  const taken = new Map();
  const cells = box => { const keys = []; for (let x = Math.floor(box.left / cell); x <= Math.floor(box.right / cell); x++) for (let y = Math.floor(box.top / cell); y <= Math.floor(box.bottom / cell); y++) keys.push(x + " " + y); return keys; };
  return {
    free: box => cells(box).every(key => (taken.get(key) || []).every(other => other.right <= box.left || other.left >= box.right || other.bottom <= box.top || other.top >= box.bottom)),
    take: box => cells(box).forEach(key => taken.has(key) ? taken.get(key).push(box) : taken.set(key, [box])),
  };
}

function write(context, box, rows, style) {
  context.font = style.font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  rows.forEach((row, number) => {
    const y = box.top + style.height * (number + 0.5);
    context.strokeStyle = style.paper;
    context.lineWidth = style.halo;
    context.strokeText(row, (box.left + box.right) / 2, y);
    context.fillStyle = style.ink;
    context.fillText(row, (box.left + box.right) / 2, y);
  });
}

// Where a label may stand beside its mark: below, above, to the right, to the left, at the corners; outwards first where marks stand in a ring.
function boxes(x, y, away, width, height, outwards) {
  const at = (dx, dy) => ({ left: x + dx - width / 2, right: x + dx + width / 2, top: y + dy - height / 2, bottom: y + dy + height / 2 });
  const [far, high, near] = [away + width / 2, away + height / 2, away * 0.7];
  const [right, left, below, above] = [[far, 0], [-far, 0], [0, high], [0, -high]], corners = [[near + width / 2, near + height / 2], [near + width / 2, -near - height / 2], [-near - width / 2, near + height / 2], [-near - width / 2, -near - height / 2]];
  if (!outwards) return [below, above, right, left, ...corners].map(place => at(...place));
  const [ox, oy] = outwards, turn = Math.hypot(ox, oy) || 1, sides = [right, left, below, above, ...corners];
  return sides.map(([dx, dy]) => [(-(dx * ox + dy * oy) / turn) / Math.hypot(dx, dy), dx, dy]).sort((one, other) => one[0] - other[0]).map(([, dx, dy]) => at(dx, dy));
}
