// Saving: the picture at print resolution with a caption and numbered edges, and the evidence of these edges under the same numbers.
const numbered = () => seen.drawn.map((item, place) => ({ number: place + 1, item, parts: item.kind === "bundle" ? item.items : [item] }));

function download(name, content, type) {
  const link = make("a", { href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
const fileName = ending => `withwhom-${state.view}${state.focus ? "-" + state.focus : ""}.${ending}`;

function caption() {
  const dated = period();
  const first = `${label(ABOUT.about)} · ${say("view-" + state.view)} · ${say("version", { version: ABOUT.about.version })}${dated ? " · " + dated : ""}`;
  return [first, excerpt(), lacking(), countsText(), filtersText(true), say("sources") + say("colon") + ABOUT.sources.map(source => `${source.title}${source.date ? ` (${source.date})` : ""}`).join(language === "zh" ? "；" : "; ")].filter(Boolean);
}

// The long side of A4 at 300 dots an inch, the caption included.
const LONG = 3508, MARGIN = 60, LEADING = 50, PLAIN = `34px ${FONT}`, BOLD = `600 44px ${FONT}`;
async function picture() {
  const holder = byId("network"), box = holder.getBoundingClientRect(), canvas = () => holder.querySelector("canvas"), ratio = canvas().width / canvas().clientWidth;
  const middle = net.getViewPosition(), zoom = net.getScale(), context = make("canvas", {}).getContext("2d");
  let long = LONG, wide, high, foot;
  for (let attempt = 0; attempt < 6; attempt++) {
    const scale = long / Math.max(box.width, box.height);
    [wide, high] = [Math.round(box.width * scale), Math.round(box.height * scale)];
    foot = captionLines(context, wide, 9999).length * LEADING + keys(context, wide, 0, false) + 2 * MARGIN;
    if (Math.max(wide, high + foot) <= LONG) break;
    long = Math.floor((long * (LONG - (high + foot > wide ? foot : 0))) / Math.max(high, wide));
  }
  print = { size: ((wide / box.width) * 0.64) / ratio, numbers: new Map(numbered().map(({ number, item }) => [item.key, number])), shown: new Set() };
  try {
    Object.assign(holder.style, { position: "fixed", left: "0", top: "0", width: wide / ratio + "px", height: high / ratio + "px", visibility: "hidden" });
    net.setSize(wide / ratio + "px", high / ratio + "px");
    net.moveTo({ position: middle, scale: (zoom * wide) / box.width / ratio, animation: false });
    net.redraw();
    return framed(canvas(), wide, high, foot);
  } finally {
    print = null;
    for (const name of ["position", "left", "top", "width", "height", "visibility"]) holder.style[name] = "";
    net.setSize("100%", "100%");
    net.moveTo({ position: middle, scale: zoom, animation: false });
    net.redraw();
  }
}

function captionLines(context, wide, cutOff) {
  const texts = [...caption(), cutOff ? say("numbers-cut", { count: figure(cutOff) }) : say("numbers-note")];
  return texts.flatMap((text, place) => lines(context, text, place ? PLAIN : BOLD, wide - 2 * MARGIN, 6).map(line => [line, place]));
}
// The legend under the caption: what the lines and marks mean; returns its height.
function keys(context, wide, top, paints) {
  const rows = [...legendLines(), ...legendTypes()];
  let x = MARGIN, y = top;
  for (const { text, type, item, ring } of rows) {
    context.font = PLAIN;
    const width = context.measureText(text).width + 160;
    if (x + width > wide - MARGIN && x > MARGIN) { x = MARGIN; y += LEADING; }
    if (paints) {
      context.save();
      context.translate(x, y - 12);
      if (type) { const size = 34 / 24; context.translate(36, -18); context.scale(size, size); context.fillStyle = classes(type).colour; context.fill(new Path2D(SYMBOLS[classes(type).symbol] || SYMBOLS.dot)); }
      else { context.strokeStyle = item.colour; context.lineWidth = item.width * 2; context.setLineDash(item.dashes.map(dash => dash * 2.4)); context.beginPath(); context.moveTo(0, 0); context.lineTo(90, 0); context.stroke(); if (ring) { context.setLineDash([]); context.fillStyle = ink.paper; context.beginPath(); context.arc(45, 0, 11, 0, 2 * Math.PI); context.fill(); context.stroke(); } }
      context.restore();
      context.fillStyle = ink.dim;
      context.font = PLAIN;
      context.fillText(text, x + 105, y);
    }
    x += width;
  }
  return y - top + LEADING;
}
const classes = type => ABOUT.classes[type];
function framed(source, wide, high, foot) {
  const canvas = make("canvas", {}), context = canvas.getContext("2d"), short = high + foot < LONG && wide < LONG;
  canvas.width = wide;
  canvas.height = short ? LONG : high + foot;
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, wide, high);
  const caption = captionLines(context, wide, print.numbers.size - print.shown.size);
  keys(context, wide, high + MARGIN + 30 + caption.length * LEADING, true);
  caption.forEach(([line, place], number) => {
    context.font = place ? PLAIN : BOLD;
    context.fillStyle = place ? ink.dim : ink.ink;
    context.fillText(line, MARGIN, high + MARGIN + 30 + number * LEADING);
  });
  return new Promise(done => canvas.toBlob(blob => done(blob), "image/png"));
}
async function savePicture() {
  notice(say("saving"));
  download(fileName("png"), await picture());
  notice(say("saved-picture"));
}

const evidenceRows = () => numbered().flatMap(({ number, parts }) => parts.flatMap(item => item.claims.map(claim => ({ number, item, claim }))));
function evidenceTable() {
  return evidenceRows().map(({ number, item, claim }) => {
    const words = wordsOf(claim), source = sourceOf.get(SOURCE[claim]);
    const kind = item.kind === "stated" || item.kind === "money" ? label(ABOUT.predicates[item.predicate]) : kindName(item);
    return [number, nameOf(item.from), nameOf(item.to), kind, item.rule, words.sentence, known(CLAIMS.certainty[claim]), CLAIMS.status[claim] ? known(CLAIMS.status[claim]) : "", source.title, source.author, source.publisher, source.date, words.where, words.wording, words.quote, source.url, CLAIMS.reference[claim]];
  });
}
const heads = () => ["number", "from", "to", "kind", "rule", "statement", "certainty", "status", "title", "author", "publisher", "date", "where", "wording", "quote", "url", "id"].map(name => say("column-" + name));

// A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).
const harmless = cell => (/^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^-?[0-9.]+$/.test(cell) ? "'" + cell : cell);
const csvCell = cell => { const text = harmless(upright(String(cell ?? ""))); return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };
const evidenceCsv = () => "\ufeff" + [heads(), ...evidenceTable()].map(cells => cells.map(csvCell).join(",") + "\r\n").join("");

function evidenceHtml() {
  const page = document.implementation.createHTMLDocument(label(ABOUT.about)), put = (name, attributes, ...children) => { const node = page.createElement(name); for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value); node.append(...children.map(child => (typeof child === "string" ? upright(child) : child))); return node; };
  page.documentElement.lang = language;
  page.head.prepend(put("meta", { charset: "utf-8" }), put("meta", { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" }));
  page.head.append(put("style", {}, "body{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:80rem;margin:1.5rem auto;padding:0 1rem}table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.25rem .4rem;text-align:left;vertical-align:top}@page{size:A4 landscape;margin:12mm}tr{break-inside:avoid}"));
  page.body.append(put("h1", {}, label(ABOUT.about)), ...caption().map(text => put("p", {}, text)));
  page.body.append(put("table", {}, put("thead", {}, put("tr", {}, ...heads().map(head => put("th", {}, head)))), put("tbody", {}, ...evidenceTable().map(cells => put("tr", {}, ...cells.map(cell => put("td", {}, String(cell ?? ""))))))));
  return "<!DOCTYPE html>\n" + page.documentElement.outerHTML;
}
