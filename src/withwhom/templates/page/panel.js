// The panel beside the picture: about the graph, the dossier of a body, the evidence of an edge, what ties two bodies, the list.
function fill(...children) {
  byId("panel").replaceChildren(...children.filter(Boolean), sourceList() || "");
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
  const starts = CLAIMS.reference.map((_, claim) => startOf(claim)).filter(Boolean).sort(), stops = CLAIMS.reference.map((_, claim) => CLAIMS.until[claim]).filter(Boolean).sort();
  return starts.length ? `${starts[0].slice(0, 4)}–${(stops[stops.length - 1] || starts[starts.length - 1]).slice(0, 4)}` : "";
}
function showAbout() {
  const top = [...seen.degree].filter(([body]) => seen.bodies.has(body)).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 8);
  for (const source of ABOUT.sources) numberOf(source.id);
  fill(
    make("h2", {}, label(ABOUT.about)),
    make("p", { class: "dim" }, say("about-facts", { version: ABOUT.about.version, sources: figure(ABOUT.sources.length), statements: figure(FROM.length), bodies: figure(BODIES.id.length), period: period() })),
    make("p", {}, say("about-" + state.view)),
    ABOUT.about.quoted ? make("p", { class: "note" }, say("quoted")) : "",
    section(say("best-connected"), make("ul", { class: "chips" }, ...top.map(([body, degree]) => make("li", {}, chip(body), make("span", { class: "dim" }, " " + figure(degree)))))),
    make("p", {}, button(say("list"), () => choose("list")), " ", button(say("help"), showHelp)),
  );
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
    make("p", { class: "dim" }, say("silence", { count: ABOUT.sources.length })),
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
  const items = kinds.flatMap(edgesOf).filter(item => item.from === body || item.to === body).map(item => holding(item, reasons)).filter(item => typeof item !== "string");
  const off = state.kinds.has("same") ? "" : make("p", { class: "note" }, say("same-off"), " ", button(say("show-same"), () => { state.kinds.add("same"); changed(); }, { class: "link" }));
  if (!items.length) return section(say("partnership-report"), make("p", { class: "dim" }, say("no-partner", { count: ABOUT.sources.length })), off);
  const rows = items.map(item => {
    const partner = item.from === body ? item.to : item.from, through = programsOf(item);
    const roles = listed([...new Set(through.flatMap(program => [rolesIn(body, program), rolesIn(partner, program)].filter(Boolean).length ? [`${rolesIn(body, program) || "—"} / ${rolesIn(partner, program) || "—"}`] : []))]);
    const gave = [...gifts(body, partner, through), ...gifts(partner, body, through)];
    const kind = make("div", { class: "kind " + item.kind }, kindName(item), item.status ? make("span", { class: "tag phase" }, known(item.status)) : "");
    const given = make("div", { class: gave.length ? "" : "dim" }, say("gave") + say("colon"), gave.length ? listed(gave) : say("not-stated"));
    return row([chip(partner), kind], [listed(through.map(nameOf)), roles ? make("div", { class: "dim" }, roles) : "", given], proof(item.claims));
  });
  return section(say("partnership-report"), table3([say("partner"), say("program-roles"), say("evidence")], rows, { class: "report" }), off);
}
const programsOf = item => [...new Set(item.claims.map(claim => (item.kind === "said" ? THROUGH[claim] : TO[claim])).filter(program => program >= 0))];
const rolesIn = (body, program) => listed([...new Set(claimsAt(body).filter(claim => FROM[claim] === body && TO[claim] === program && !seen.reasons[claim] && relationOf(claim) === PARTICIPATION).map(claim => roleOf(CLAIMS.predicate[claim])))]);
function gifts(giver, receiver, programs) {
  const found = claimsAt(giver).filter(claim => FROM[claim] === giver && relationOf(claim) === FUNDING && !seen.reasons[claim] && factual(claim) && (TO[claim] === receiver || programs.includes(TO[claim]) || programs.includes(THROUGH[claim])));
  return found.map(claim => `${nameOf(giver)}: ${wordsOf(claim).sum || say("no-amount")}`);
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
  return section(say(key), claims.length ? statements(claims) : "", rows.length ? table3([say("kind-of-money"), say("total"), say("counted"), say("left-out")], rows, { class: "totals" }) : "", rows.length ? make("p", { class: "dim" }, say("totals-note")) : "");
}

function showEdge(item) {
  const heading = [nameOf(item.from), item.directed ? " → " : " — ", nameOf(item.to)];
  const besides = seen.edges.filter(other => other.key !== item.key && ((other.from === item.from && other.to === item.to) || (other.from === item.to && other.to === item.from)));
  fill(
    make("h2", {}, ...heading),
    make("p", { class: "edge-kind" }, sample(item), " ", make("strong", {}, edgeTitle(item)), item.certainty === "inferred" ? make("span", { class: "tag inferred" }, known("inferred")) : "", item.status ? make("span", { class: "tag phase" }, known(item.status)) : ""),
    make("p", { class: "dim" }, edgeMeaning(item)),
    actions(chip(item.from), chip(item.to), ...copies()),
    section(say("evidence-of", { count: figure(item.claims.length) }), ...unitsOf(item)),
    item.part ? make("p", { class: "note" }, say("part-of", { whole: CLAIMS.included_in[item.claims[0]] })) : "",
    besides.length ? section(say("besides"), edgeButtons(besides)) : "",
  );
}
const edgeTitle = item => (item.kind === "stated" || item.kind === "money" ? label(ABOUT.predicates[item.predicate]) : kindName(item)) + (item.kind === "money" && item.claims ? ` · ${edgeLabel(item)}` : "");
function edgeMeaning(item) {
  if (item.kind === "rule") return say("means-rule", { rule: label(ABOUT.rules[item.rule]) || item.rule });
  return say(item.certainty === "inferred" && item.kind !== "same" ? "means-inferred" : item.kind === "same" ? "means-same" : "means-said");
}
function unitsOf(item) {
  if (item.kind !== "same") return [statements(item.claims)];
  return item.units.map(unit => make("div", {}, make("h4", {}, chip(unit.program)), statements([...new Set(unit.flat())])));
}
const edgeButtons = items => make("ul", { class: "edges" }, ...items.map(item => make("li", {}, make("button", { type: "button", class: "edge", onclick: () => choose(item.key) }, sample(item), `${nameOf(item.from)} ${item.directed ? "→" : "—"} ${nameOf(item.to)} · ${edgeTitle(item)}`))));

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
    silent ? make("p", { class: "note" }, say("no-tie", { count: ABOUT.sources.length, a: nameOf(a), b: nameOf(b) })) : "",
    direct.length ? section(say("direct"), edgeButtons(direct)) : "",
    section(say("common"), common.length ? make("ul", { class: "common" }, ...common.slice(0, 100).map(body => make("li", {}, chip(body), edgeButtons([...near.get(body), ...far.get(body)])))) : make("p", { class: "dim" }, say("no-common"))),
    section(say("paths"), ...(found.length ? found.map(path => make("div", { class: "path" }, edgeButtons(path))) : [make("p", { class: "dim" }, say("no-path"))])),
    make("p", { class: "dim" }, say("between-scope")),
  );
}

// Up to five shortest paths of at most four steps in what is shown; through nobody with more than sixty neighbours.
function paths(a, b, longest = 4, most = 5) {
  const beside = new Map();
  const better = (one, other) => TIES.indexOf(one.kind) - TIES.indexOf(other.kind) || (one.certainty === "inferred") - (other.certainty === "inferred");
  for (const item of seen.edges) for (const [end, other] of [[item.from, item.to], [item.to, item.from]]) {
    if (!beside.has(end)) beside.set(end, new Map());
    const present = beside.get(end).get(other);
    if (!present || better(item, present) < 0) beside.get(end).set(other, item);
  }
  const found = [];
  let heads = [{ at: a, steps: [], been: new Set([a]) }];
  for (let length = 0; length < longest && found.length < most && heads.length; length++) {
    const next = [];
    for (const head of heads) {
      if (head.at !== a && (beside.get(head.at) || new Map()).size > 60) continue;
      for (const [other, item] of beside.get(head.at) || []) {
        if (head.been.has(other)) continue;
        if (other === b) found.push([...head.steps, item]);
        else if (next.length < 20000) next.push({ at: other, steps: [...head.steps, item], been: new Set([...head.been, other]) });
      }
    }
    heads = next;
  }
  return found.slice(0, most);
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
