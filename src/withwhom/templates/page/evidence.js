// Evidence in words: every statement with its document, place and wording; sources are numbered within the panel.
let cited = [];
const numberOf = source => { if (!cited.includes(source)) cited.push(source); return cited.indexOf(source) + 1; };
const known = (code, key = code) => label(ABOUT.codes[code]) || say(key);

function tags(claim) {
  const found = [];
  if (CLAIMS.certainty[claim] === "inferred") found.push(make("span", { class: "tag inferred" }, known("inferred")));
  if (!factual(claim)) found.push(make("span", { class: "tag phase" }, known(CLAIMS.status[claim])));
  return found;
}

function citation(claim) {
  const source = sourceOf.get(SOURCE[claim]), words = wordsOf(claim), number = `[${numberOf(SOURCE[claim])}]`;
  const cite = make("a", { href: "#", class: "cite", title: source.title, onclick: event => { event.preventDefault(); byId("source-" + number).focus(); } }, number);
  return [cite, " ", words.where, words.wording ? ` “${words.wording}”` : ""];
}

function statement(claim, open = true) {
  const words = wordsOf(claim), item = make("li", { class: "statement", "data-statement": CLAIMS.reference[claim] });
  item.append(make("p", {}, words.sentence, " ", ...tags(claim)));
  item.append(make("p", { class: "evidence" }, ...citation(claim), " ", make("code", {}, CLAIMS.reference[claim])));
  if (words.quote && open) item.append(make("blockquote", {}, words.quote));
  for (const note of contradictionsOf(claim)) item.append(note);
  return item;
}
const statements = claims => make("ul", { class: "statements" }, ...claims.map(claim => statement(claim)));

function contradictionsOf(claim) {
  const reference = CLAIMS.reference[claim];
  return figures().contradictions.filter(item => item.statements.split("|").includes(reference)).map(item => {
    const others = item.statements.split("|").filter(other => other !== reference && claimOf.has(other)).map(other => make("li", {}, wordsOf(claimOf.get(other)).sentence, " ", make("code", {}, other)));
    return make("div", { class: "contradiction" }, make("strong", {}, say(item.kind === "part" ? "contradiction-part" : "contradiction-event")), make("ul", {}, ...others));
  });
}

function sourceList() {
  if (!cited.length) return "";
  const items = cited.map((id, place) => {
    const source = sourceOf.get(id), parts = [source.title, source.author, source.publisher, source.date, source.url].filter(Boolean);
    return make("li", { id: `source-[${place + 1}]`, tabindex: "-1" }, `[${place + 1}] ` + parts.join(language === "zh" ? "，" : ", "));
  });
  return make("section", { class: "sources" }, make("h3", {}, say("sources")), make("ul", {}, ...items));
}

const chip = body => make("button", { type: "button", class: "chip", "data-body": BODIES.id[body], onclick: () => choose(BODIES.id[body]) }, symbol(BODIES.type[body]), nameOf(body));
const kindName = item => say(item.kind === "said" && item.certainty === "inferred" ? "kind-inferred" : "kind-" + item.kind);
function sample(item) {
  const colours = { said: "var(--said)", rule: "var(--rule)", same: "var(--same)", money: "var(--money)", bundle: "var(--line)" };
  return stroke(dashesOf(item) || [], colours[item.kind] || (ABOUT.relations[item.relation] || {}).colour || "var(--dim)", item.kind === "same" ? 1 : 2.4);
}
function table3(heads, rows, attributes = {}) {
  return make("div", { class: "wide" }, make("table", attributes, make("thead", {}, make("tr", {}, ...heads.map(head => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows)));
}
const row = (...cells) => make("tr", {}, ...cells.map(cell => make("td", {}, ...(Array.isArray(cell) ? cell : [cell]))));
// Every piece of evidence of a table row stands under it in short: document, place, wording.
const proof = claims => claims.map(claim => make("div", { class: "evidence", "data-statement": CLAIMS.reference[claim] }, ...citation(claim), " ", ...tags(claim), make("code", {}, CLAIMS.reference[claim])));
