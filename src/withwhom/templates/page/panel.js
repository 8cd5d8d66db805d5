// The panel beside the picture: about the graph, the dossier of a body, the evidence of an edge, what ties two bodies, the list.
function fill(...children) {
  const back = button(say("back"), () => byId("network").scrollIntoView({ block: "center" }), { class: "back" });
  keepFocus(byId("panel"), () => byId("panel").replaceChildren(back, ...children.filter(Boolean), sourceList() || ""));
  byId("panel").scrollTop = 0;
}
const section = (title, ...children) => make("section", {}, make("h3", {}, title), ...children);
const actions = (...items) => make("div", { class: "actions" }, ...items);
const copies = () => [button(say("copy"), copyPanel), button(say("print"), () => window.print())];
const hiddenNote = count => (count ? make("p", { class: "note" }, say("panel-hidden", { count: figure(count) }), " ", button(say("reset"), reset, { class: "link" })) : "");

function showPanel() {
  cited = [];
  if (state.marks.length === 2 && !state.select) return showBetween(...state.marks.map(id => bodyOf.get(id)));
  if (state.select === "list") return showList();
  if (bodyOf.has(state.select)) return showBody(bodyOf.get(state.select));
  if (drawnItems.has(state.select)) return drawnItems.get(state.select).kind === "bundle" ? showBundle(drawnItems.get(state.select)) : showEdge(drawnItems.get(state.select));
  if (seen.groups.has(state.select)) return showGroup(state.select);
  const gone = seen.edges.find(item => item.key === state.select);
  return gone ? showEdge(gone) : showAbout();
}

function period() {
  const days = [...CLAIMS.since, ...CLAIMS.until].filter(Boolean).sort();
  return days.length ? `${days[0].slice(0, 4)}–${days[days.length - 1].slice(0, 4)}` : "";
}
// What a page of a part of the graph leaves out: of its silence nothing follows.
function excerpt() {
  const { around, depth, best, left_out: gone } = ABOUT.about;
  if (gone === undefined) return "";
  const name = bodyOf.has(around) ? nameOf(bodyOf.get(around)) : around;
  return around ? say("excerpt", { name, depth, count: figure(+gone) }) : say("excerpt-best", { bodies: figure(+best), count: figure(+gone) });
}
// What the build had to leave out of the graph: totals may lack it.
const lacking = () => (ABOUT.about.set_aside ? say("set-aside", { count: figure(+ABOUT.about.set_aside) }) : "");
const lackingNote = () => (lacking() ? make("p", { class: "note" }, lacking()) : "");
const silence = (key, values) => (ABOUT.about.left_out === undefined ? say(key, values) : say("excerpt-silence", { count: figure(+ABOUT.about.left_out) }));
function showAbout() {
  const top = [...seen.degree].filter(([body]) => seen.bodies.has(body)).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 8);
  for (const source of ABOUT.sources) numberOf(source.id);
  fill(
    make("h2", {}, label(ABOUT.about)),
    make("p", { class: "dim" }, say("about-facts", { version: ABOUT.about.version, sources: figure(ABOUT.sources.length), statements: figure(FROM.length), bodies: figure(BODIES.id.length), period: period() })),
    make("p", {}, say("about-" + state.view)),
    excerpt() ? make("p", { class: "note" }, excerpt()) : "",
    lackingNote(),
    ABOUT.about.quoted ? make("p", { class: "note" }, say("quoted")) : "",
    state.view === "money" ? gifts() : section(say("best-connected"), make("ul", { class: "chips" }, ...top.map(([body, degree]) => make("li", {}, chip(body), make("span", { class: "dim" }, " " + figure(degree)))))),
    make("p", {}, button(say("list"), () => choose("list")), " ", button(say("help"), showHelp)),
  );
}

// Every gift and payment that counts, of all kinds, and the sums whose giver no document names; never added up.
function gifts() {
  const every = claimNumbers().filter(claim => !seen.reasons[claim] && (relationOf(claim) === FUNDING || CLAIMS.amount[claim]));
  every.sort((a, b) => (relationOf(b) === FUNDING) - (relationOf(a) === FUNDING) || Boolean(CLAIMS.amount[b]) - Boolean(CLAIMS.amount[a]) || (CLAIMS.currency[a] < CLAIMS.currency[b] ? -1 : CLAIMS.currency[a] > CLAIMS.currency[b] ? 1 : 0) || CLAIMS.amount[b] - CLAIMS.amount[a] || a - b);
  const rows = every.slice(0, 400).map(claim => row(relationOf(claim) === FUNDING ? [chip(FROM[claim]), " → ", TO[claim] >= 0 ? chip(TO[claim]) : ""] : [say("giver-not-stated"), " → ", chip(FROM[claim])],
    [make("div", {}, wordsOf(claim).sum || say("no-amount")), make("div", { class: "dim" }, [CLAIMS.amount[claim] ? moneyName(moneyKind(claim)) : "", when(claim) || say("undated")].filter(Boolean).join(" · "))], proof([claim])));
  return section(say("all-gifts", { count: figure(every.length) }), make("p", { class: "dim" }, say("all-gifts-note")), table3([say("from-to"), say("sum"), say("evidence")], rows, { class: "report" }), every.length > 400 ? make("p", { class: "dim" }, say("and-more", { count: figure(every.length - 400) })) : "");
}

function showBody(body) {
  const claims = claimsAt(body), counted = claims.filter(claim => !seen.reasons[claim]), id = BODIES.id[body];
  const other = language === "zh" ? BODIES.en[body] : BODIES.zh[body], also = BODIES.also[body] ? BODIES.also[body].split("|") : [];
  const marked = state.marks.includes(id);
  fill(
    make("h2", {}, symbol(BODIES.type[body]), nameOf(body)),
    make("p", { class: "dim" }, [label(classOf(body)), BODIES.collective[body] ? say("collective") : "", other, also.length ? say("also", { names: listed(also) }) : "", id].filter(Boolean).join(" · ")),
    actions(
      button(state.focus === id ? say("unfocus") : say("focus"), () => (state.focus === id ? unfocus() : focusOn(id)), { id: "focus" }),
      state.focus === id ? make("select", { id: "depth", "aria-label": say("depth"), onchange: event => { state.depth = +event.target.value; changed(true); } }, ...[1, 2, 3, 4].map(depth => make("option", { value: depth, selected: depth === state.depth }, say("steps", { depth })))) : "",
      button(marked ? say("unmark") : say("mark"), () => toggleMark(id), { id: "mark", "aria-pressed": String(marked) }),
      button(state.pinned.has(id) ? say("unpin") : say("pin"), () => togglePin(id), { id: "pin" }),
      button(say("hide"), () => hide(id), { id: "hide" }), ...copies(),
    ),
    state.marks.length === 1 && !marked ? make("p", { class: "note" }, say("mark-second", { name: nameOf(bodyOf.get(state.marks[0])) })) : "",
    ...dossier(body, counted),
    hiddenNote(claims.length - counted.length),
    make("p", { class: "dim" }, silence("silence", { count: ABOUT.sources.length })),
  );
}

function dossier(body, claims) {
  const of = relation => claims.filter(claim => relationOf(claim) === relation);
  const given = of(FUNDING).filter(claim => FROM[claim] === body), got = of(FUNDING).filter(claim => TO[claim] === body);
  const through = of(FUNDING).filter(claim => THROUGH[claim] === body && FROM[claim] !== body && TO[claim] !== body);
  const parts = [partnerships(body), programs(body, of(PARTICIPATION).filter(claim => FROM[claim] === body)), takers(of(PARTICIPATION).filter(claim => TO[claim] === body))];
  parts.push(moneySection("money-out", body, "given", given), moneySection("money-in", body, "received", got), through.length ? section(say("money-through"), statements(through)) : "", moneySection("money-results", body, "result", []));
  const rest = new Map();
  for (const claim of claims) {
    const relation = relationOf(claim);
    if (relation === FUNDING || relation === PARTNERSHIP || (relation === PARTICIPATION && (FROM[claim] === body || TO[claim] === body))) continue;
    rest.has(relation) ? rest.get(relation).push(claim) : rest.set(relation, [claim]);
  }
  const partner = of(PARTNERSHIP).filter(claim => !isBody(FROM[claim]) || !isBody(TO[claim]) || THROUGH[claim] === body);
  if (partner.length) parts.push(section(label(ABOUT.relations[PARTNERSHIP]), statements(partner)));
  return [...parts, ...[...rest].sort().map(([relation, some]) => section(label(ABOUT.relations[relation]), statements(some)))];
}

// The partnership report: each partner, the kind of tie, the programs and both roles, since when, and what each gave.
function partnerships(body) {
  if (!isBody(body)) return "";
  const kinds = TIES.filter(kind => state.kinds.has(kind)), reasons = seen.reasons;
  const items = kinds.flatMap(edgesOf).filter(item => item.from === body || item.to === body).map(item => holding(item, reasons)).filter(item => typeof item !== "string").sort((one, other) => TIES.indexOf(one.kind) - TIES.indexOf(other.kind) || (one.certainty < other.certainty ? -1 : one.certainty > other.certainty ? 1 : 0));
  const off = state.kinds.has("same") ? "" : make("p", { class: "note" }, say("same-off"), " ", button(say("show-same"), () => { state.kinds.add("same"); changed(); }, { class: "link" }));
  if (!items.length) return section(say("partnership-report"), make("p", { class: "dim" }, silence("no-partner", { count: ABOUT.sources.length })), off);
  const rows = items.map(item => {
    const partner = item.from === body ? item.to : item.from, through = programsOf(item);
    const roles = listed([...new Set(through.flatMap(program => [rolesIn(body, program), rolesIn(partner, program)].filter(Boolean).length ? [`${rolesIn(body, program) || "—"} / ${rolesIn(partner, program) || "—"}`] : []))]);
    const gave = [...given(body, partner, through), ...given(partner, body, through)];
    const kind = make("div", { class: "kind " + item.kind }, kindName(item), ...signsOf(item), seen.edges.some(other => other.key === item.key) || state.view !== "ties" ? "" : make("span", { class: "dim" }, say("only-in-panel")));
    const shares = make("div", { class: gave.length ? "" : "dim" }, say("gave") + say("colon"), gave.length ? gave.join(language === "zh" ? "；" : "; ") : say("not-stated"));
    return row([chip(partner), kind], [listed(through.map(nameOf)), roles ? make("div", { class: "dim" }, roles) : "", shares], proof(item.claims));
  });
  return section(say("partnership-report"), table3([say("partner"), say("program-roles"), say("evidence")], rows, { class: "report" }), off);
}
const programsOf = item => [...new Set(item.claims.map(claim => (item.kind === "said" ? THROUGH[claim] : TO[claim])).filter(program => program >= 0))];
const rolesIn = (body, program) => listed([...new Set(claimsAt(body).filter(claim => FROM[claim] === body && TO[claim] === program && !seen.reasons[claim] && relationOf(claim) === PARTICIPATION).map(claim => roleOf(CLAIMS.predicate[claim])))]);
function given(giver, receiver, programs) {
  const found = claimsAt(giver).filter(claim => FROM[claim] === giver && relationOf(claim) === FUNDING && !seen.reasons[claim] && factual(claim) && (TO[claim] === receiver || programs.includes(TO[claim]) || programs.includes(THROUGH[claim])));
  return found.map(claim => `${wordsOf(claim).sentence}${CLAIMS.included_in[claim] ? ` [${say("part-mark")}]` : ""} (${CLAIMS.reference[claim]})`);
}

function programs(body, claims) {
  if (!claims.length) return "";
  const rows = claims.map(claim => row([chip(TO[claim])], roleOf(CLAIMS.predicate[claim]), when(claim), proof([claim])));
  return section(say("programs"), table3([say("program"), say("role"), say("when"), say("evidence")], rows));
}
function takers(claims) {
  if (!claims.length) return "";
  const rows = claims.map(claim => row([chip(FROM[claim])], roleOf(CLAIMS.predicate[claim]), when(claim), proof([claim])));
  return section(say("participants"), table3([say("who"), say("role"), say("when"), say("evidence")], rows));
}
function when(claim) {
  const [start, stop] = [CLAIMS.since[claim], CLAIMS.until[claim]];
  if (!start && !stop) return "";
  const short = (from, to) => (from.endsWith("-01-01") && to.endsWith("-12-31") && from.slice(0, 4) === to.slice(0, 4) ? from.slice(0, 4) : from === to ? from : `${from} – ${to || "…"}`);
  return start ? short(start, stop) : say("as-of", { day: stop });
}

// Money: each sum with its evidence, and the totals of the build, which never add what may be the same money twice.
function moneySection(key, body, direction, claims) {
  const id = BODIES.id[body], totals = figures().totals.filter(total => total.entity === id && total.direction === direction);
  if (!claims.length && !totals.length) return "";
  const rows = totals.map(total => {
    const counted = total.counted ? total.counted.split("|") : [], left = total.left_out ? total.left_out.split("|").map(text => text.split(/ (.*)/)) : [];
    const kind = total.currency ? listed([total.currency, known(total.support, "unspecified"), total.basis.split("|").map(basis => known(basis, "unspecified")).join("/")]) : say("no-amount");
    const out = left.map(([reference, reason]) => make("div", {}, make("code", {}, reference), " ", say("left-" + reason.replace(/ /g, "-"))));
    return row(kind, [total.sum, total.certainty === "inferred" ? make("span", { class: "tag inferred" }, known("inferred")) : ""], make("div", {}, ...counted.map(reference => make("div", {}, make("code", {}, reference)))), make("div", {}, ...out));
  });
  return section(say(key), claims.length ? statements(claims) : "", rows.length ? table3([say("kind-of-money"), say("total"), say("counted"), say("left-out")], rows, { class: "totals" }) : "", rows.length && totals[0].currency && +totals[0].without_amount ? make("p", {}, say("without-amount", { count: figure(+totals[0].without_amount) })) : "", rows.length ? make("p", { class: "dim" }, say("totals-note")) : "", rows.length ? lackingNote() : "");
}

function showEdge(item) {
  const heading = [nameOf(item.from), item.directed ? " → " : " — ", nameOf(item.to)];
  const besides = seen.edges.filter(other => other.key !== item.key && ((other.from === item.from && other.to === item.to) || (other.from === item.to && other.to === item.from)));
  fill(
    make("h2", {}, ...heading),
    make("p", { class: "edge-kind" }, sample(item), " ", make("strong", {}, edgeTitle(item)), ...signsOf(item)),
    make("p", { class: "dim" }, edgeMeaning(item)),
    actions(chip(item.from), chip(item.to), ...copies()),
    section(say("evidence-of", { count: figure(item.claims.length) }), ...unitsOf(item)),
    item.part ? make("p", { class: "note" }, say("part-of", { whole: CLAIMS.included_in[item.claims[0]] })) : "",
    besides.length ? section(say("besides"), edgeButtons(besides)) : "",
  );
}
const edgeTitle = item => (item.kind === "stated" || item.kind === "money" ? label(ABOUT.predicates[item.predicate]) : kindName(item)) + (item.kind === "money" && item.claims ? ` · ${edgeLabel(item)}` : "");
function edgeMeaning(item) {
  if (item.status) return say("means-" + item.status);
  if (item.kind === "rule") return say("means-rule", { rule: label(ABOUT.rules[item.rule]) || item.rule });
  return say(item.certainty === "inferred" && item.kind !== "same" ? "means-inferred" : item.kind === "same" ? "means-same" : "means-said");
}
function unitsOf(item) {
  if (item.kind !== "same") return [statements(item.claims)];
  return item.units.map(unit => make("div", {}, make("h4", {}, chip(unit.program)), statements([...new Set(unit.flat())])));
}
const edgeButtons = items => make("ul", { class: "edges" }, ...items.map(item => make("li", {}, make("button", { type: "button", class: "edge", onclick: () => choose(item.key) }, sample(item), `${nameOf(item.from)} ${item.directed ? "→" : "—"} ${nameOf(item.to)} · ${edgeTitle(item)}`, ...signsOf(item)))));
// The signs of a line in words: inferred, or rests on it; planned, applied for, denied.
const signsOf = item => [item.certainty === "inferred" && item.kind !== "said" ? make("span", { class: "tag inferred" }, known("inferred")) : "", item.status ? make("span", { class: "tag phase" }, known(item.status)) : ""];

function showGroup(group) {
  const members = seen.groups.get(group);
  fill(
    make("h2", {}, groupName(group, members)), make("p", { class: "dim" }, say("group-means")),
    actions(button(say("unfold"), () => unfold(group), { id: "unfold" }), button(say("unfold-all"), () => unfold("all"))),
    make("ul", { class: "chips" }, ...members.slice(0, 200).map(body => make("li", {}, chip(body), make("span", { class: "dim" }, " " + figure(seen.degree.get(body) || 0))))),
    members.length > 200 ? make("p", { class: "dim" }, say("and-more", { count: figure(members.length - 200) })) : "",
  );
}
function showBundle(item) {
  const name = end => (typeof end === "string" ? groupName(end, seen.groups.get(end)) : nameOf(end));
  fill(make("h2", {}, `${name(item.from)} — ${name(item.to)}`), make("p", { class: "dim" }, say("bundle-means", { count: figure(item.items.length) })), edgeButtons(item.items.slice(0, 200)),
    item.items.length > 200 ? make("p", { class: "dim" }, say("and-more", { count: figure(item.items.length - 200) })) : "");
}

// Between two bodies: what is said of the two, what they share, and how one reaches the other; every step opens to its evidence.
function showBetween(a, b) {
  const direct = seen.edges.filter(item => [item.from, item.to].includes(a) && [item.from, item.to].includes(b));
  const beside = body => { const found = new Map(); for (const item of seen.edges) { const other = item.from === body ? item.to : item.to === body ? item.from : -1; if (other >= 0) found.has(other) ? found.get(other).push(item) : found.set(other, [item]); } return found; };
  const [near, far] = [beside(a), beside(b)], common = [...near.keys()].filter(body => far.has(body)).sort((one, other) => (seen.degree.get(other) || 0) - (seen.degree.get(one) || 0));
  const silent = state.view === "ties" && !direct.some(item => item.kind === "said" && item.certainty === "explicit" && !item.status);
  const found = paths(a, b);
  fill(
    make("h2", {}, `${nameOf(a)} — ${nameOf(b)}`),
    actions(button(say("unmark-both"), () => { state.marks = []; changed(); }), ...copies()),
    silent ? make("p", { class: "note" }, silence("no-tie", { count: ABOUT.sources.length, a: nameOf(a), b: nameOf(b) })) : "",
    direct.length ? section(say("direct"), edgeButtons(direct)) : "",
    section(say("common"), common.length ? make("ul", { class: "common" }, ...common.slice(0, 100).map(body => make("li", {}, chip(body), edgeButtons([...near.get(body), ...far.get(body)])))) : make("p", { class: "dim" }, say("no-common"))),
    shared(a, b),
    section(say("paths"), ...(found.length ? found.map(path => make("div", { class: "path" }, edgeButtons(path))) : [make("p", { class: "dim" }, say("no-path"))])),
    make("p", { class: "dim" }, say("between-scope")),
  );
}

// Programs and campaigns that both take part in, by each body's own evidence.
function shared(a, b) {
  const joined = body => new Map(claimsAt(body).filter(claim => FROM[claim] === body && relationOf(claim) === PARTICIPATION && !seen.reasons[claim] && TO[claim] >= 0).map(claim => [TO[claim], claim]));
  const [one, other] = [joined(a), joined(b)], both = [...one.keys()].filter(program => other.has(program)).sort((x, y) => x - y);
  if (!both.length) return "";
  const claims = (body, program) => claimsAt(body).filter(claim => FROM[claim] === body && TO[claim] === program && relationOf(claim) === PARTICIPATION && !seen.reasons[claim]);
  return section(say("shared", { count: figure(both.length) }), make("p", { class: "dim" }, say("means-same")), ...both.slice(0, 100).map(program => make("div", {}, make("h4", {}, chip(program)), statements([...claims(a, program), ...claims(b, program)]))));
}

// Up to five shortest paths of at most four steps in what is shown and so; through nobody with more than sixty neighbours. A step is
// taken only where the other end can still be reached in time.
function paths(a, b, longest = 4, most = 5) {
  const beside = new Map();
  const better = (one, other) => TIES.indexOf(one.kind) - TIES.indexOf(other.kind) || (one.certainty === "inferred") - (other.certainty === "inferred");
  for (const item of seen.edges) for (const [end, other] of item.status ? [] : [[item.from, item.to], [item.to, item.from]]) {
    if (!beside.has(end)) beside.set(end, new Map());
    const present = beside.get(end).get(other);
    if (!present || better(item, present) < 0) beside.get(end).set(other, item);
  }
  const around = body => (body !== a && body !== b && (beside.get(body) || new Map()).size > 60 ? new Map() : beside.get(body) || new Map());
  const left = new Map([[b, 0]]), queue = [b], found = [];
  for (const body of queue) if (left.get(body) < longest) for (const other of around(body).keys()) if (!left.has(other)) { left.set(other, left.get(body) + 1); queue.push(other); }
  const walk = (at, steps, been, length) => {
    if (found.length >= most) return;
    if (at === b) { if (steps.length === length) found.push(steps); return; }
    for (const [other, item] of around(at)) if (!been.includes(other) && left.has(other) && left.get(other) <= length - steps.length - 1) walk(other, [...steps, item], [...been, other], length);
  };
  for (let length = left.get(a) ?? longest + 1; length <= longest && found.length < most; length++) walk(a, [], [a], length);
  return found;
}

// The list: the same bodies and edges as in the picture, for the keyboard, for screen readers and for people who prefer to read.
let listed_most = 200;
function showList() {
  const bodies = [...seen.bodies].sort((a, b) => (seen.degree.get(b) || 0) - (seen.degree.get(a) || 0) || a - b);
  const more = count => (count > listed_most ? make("p", {}, button(say("more", { count: figure(count - listed_most) }), () => { listed_most *= 4; showPanel(); })) : "");
  fill(
    make("h2", {}, say("list")),
    make("p", { class: "dim" }, byId("counts").textContent), actions(...copies()),
    section(say("list-bodies", { count: figure(bodies.length) }), make("ol", { class: "chips", id: "list-bodies" }, ...bodies.slice(0, listed_most).map(body => make("li", {}, chip(body), make("span", { class: "dim" }, " " + figure(seen.degree.get(body) || 0))))), more(bodies.length)),
    section(say("list-edges", { count: figure(seen.edges.length) }), Object.assign(edgeButtons(seen.edges.slice(0, listed_most)), { id: "list-edges" }), more(seen.edges.length)),
  );
}

async function copyPanel() {
  const copy = byId("panel").cloneNode(true);
  copy.querySelectorAll(".actions, button.link").forEach(node => node.remove());
  copy.querySelectorAll("svg").forEach(node => node.remove());
  copy.querySelectorAll("button").forEach(node => node.replaceWith(document.createTextNode(node.textContent)));
  copy.querySelectorAll("table").forEach(node => node.setAttribute("border", "1"));
  const html = copy.innerHTML, text = copy.innerText || copy.textContent;
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/html": new Blob([html], { type: "text/html" }), "text/plain": new Blob([text], { type: "text/plain" }) })]);
    notice(say("copied"));
  } catch {
    const held = event => { event.preventDefault(); event.clipboardData.setData("text/html", html); event.clipboardData.setData("text/plain", text); };
    document.addEventListener("copy", held, { once: true });
    notice(say(document.execCommand("copy") ? "copied" : "copy-failed"));
    document.removeEventListener("copy", held);
  }
}
