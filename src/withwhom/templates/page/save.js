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
  return [first, countsText(), filtersText(), say("sources") + say("colon") + ABOUT.sources.map(source => `${source.title}${source.date ? ` (${source.date})` : ""}`).join(language === "zh" ? "；" : "; ")].filter(Boolean);
}

// The long side of A4 at 300 dots an inch.
const LONG = 3508;
async function picture() {
  const holder = byId("network"), box = holder.getBoundingClientRect(), scale = LONG / Math.max(box.width, box.height), wide = Math.round(box.width * scale), high = Math.round(box.height * scale);
  const middle = net.getViewPosition(), zoom = net.getScale(), ratio = holder.querySelector("canvas").width / holder.querySelector("canvas").clientWidth;
  print = { size: 1, numbers: new Map(numbered().map(({ number, item }) => [item.key, number])), shown: new Set() };
  try {
    Object.assign(holder.style, { position: "fixed", left: "0", top: "0", width: wide / ratio + "px", height: high / ratio + "px", visibility: "hidden" });
    print.size = (scale * 0.85) / ratio;
    net.setSize(wide / ratio + "px", high / ratio + "px");
    net.moveTo({ position: middle, scale: (zoom * scale) / ratio, animation: false });
    net.redraw();
    return framed(holder.querySelector("canvas"), wide, high, print);
  } finally {
    print = null;
    for (const name of ["position", "left", "top", "width", "height", "visibility"]) holder.style[name] = "";
    net.setSize("100%", "100%");
    net.moveTo({ position: middle, scale: zoom, animation: false });
    net.redraw();
  }
}

function framed(source, wide, high, held) {
  const canvas = make("canvas", {}), context = canvas.getContext("2d"), margin = 60, font = `34px ${FONT}`, bold = `600 44px ${FONT}`;
  const cutOff = held.numbers.size - held.shown.size;
  const texts = [...caption(), cutOff ? say("numbers-cut", { count: figure(cutOff) }) : say("numbers-note")].flatMap((text, place) => lines(context, text, place ? font : bold, wide - 2 * margin, 4).map(line => [line, place]));
  canvas.width = wide;
  canvas.height = high + 2 * margin + texts.length * 50 + 20;
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, wide, high);
  texts.forEach(([line, place], number) => { context.font = place ? font : bold; context.fillStyle = place ? ink.dim : ink.ink; context.fillText(line, margin, high + margin + 40 + number * 50); });
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
    const kind = item.kind === "stated" || item.kind === "money" ? label(ABOUT.predicates[item.predicate]) : say("kind-" + item.kind);
    return [number, nameOf(item.from), nameOf(item.to), kind, item.rule, words.sentence, known(CLAIMS.certainty[claim]), CLAIMS.status[claim] ? known(CLAIMS.status[claim]) : "", source.title, source.author, source.publisher, source.date, words.where, words.wording, words.quote, source.url, CLAIMS.reference[claim]];
  });
}
const heads = () => ["number", "from", "to", "kind", "rule", "statement", "certainty", "status", "title", "author", "publisher", "date", "where", "wording", "quote", "url", "id"].map(name => say("column-" + name));

// A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).
const harmless = cell => (/^[=+\-@\t\r]/.test(cell) && !/^-?[0-9.]+$/.test(cell) ? "'" + cell : cell);
const csvCell = cell => { const text = harmless(String(cell ?? "")); return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };
const evidenceCsv = () => "\ufeff" + [heads(), ...evidenceTable()].map(cells => cells.map(csvCell).join(",") + "\r\n").join("");

function evidenceHtml() {
  const page = document.implementation.createHTMLDocument(label(ABOUT.about)), put = (name, attributes, ...children) => { const node = page.createElement(name); for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value); node.append(...children); return node; };
  page.documentElement.lang = language;
  page.head.prepend(put("meta", { charset: "utf-8" }), put("meta", { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" }));
  page.head.append(put("style", {}, "body{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:80rem;margin:1.5rem auto;padding:0 1rem}table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.25rem .4rem;text-align:left;vertical-align:top}@page{size:A4 landscape;margin:12mm}tr{break-inside:avoid}"));
  page.body.append(put("h1", {}, label(ABOUT.about)), ...caption().map(text => put("p", {}, text)));
  page.body.append(put("table", {}, put("thead", {}, put("tr", {}, ...heads().map(head => put("th", {}, head)))), put("tbody", {}, ...evidenceTable().map(cells => put("tr", {}, ...cells.map(cell => put("td", {}, String(cell ?? ""))))))));
  return "<!DOCTYPE html>\n" + page.documentElement.outerHTML;
}
