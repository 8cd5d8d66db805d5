// Labels: the better-connected first, more of them the nearer one comes, none over another. They are as large at every zoom.
const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const widths = new Map();
function widthOf(context, text, font) {
  const key = font + text;
  if (!widths.has(key)) { context.font = font; widths.set(key, context.measureText(text).width); }
  return widths.get(key);
}

// A name on at most two lines, broken at spaces or, in Chinese, anywhere; what does not fit is cut.
function lines(context, text, font, most, rows) {
  const pieces = text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/gu) || [text], found = [""];
  for (const piece of pieces) {
    const part = widthOf(context, piece, font) > most * 1.2 ? shorter(piece, 14) : piece, line = found[found.length - 1];
    if (line && widthOf(context, (line + part).trimEnd(), font) > most) {
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

// Where a label may stand beside its mark: below, above, to the right, to the left.
function boxes(x, y, away, width, height) {
  return [
    { left: x - width / 2, right: x + width / 2, top: y + away, bottom: y + away + height },
    { left: x - width / 2, right: x + width / 2, top: y - away - height, bottom: y - away },
    { left: x + away, right: x + away + width, top: y - height / 2, bottom: y + height / 2 },
    { left: x - away - width, right: x - away, top: y - height / 2, bottom: y + height / 2 },
  ];
}
