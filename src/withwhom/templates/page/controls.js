// What the reader chooses with: views, search, filters, legend, counts, tools, help.
function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { byId("notice").hidden = true; }, 4000);
}

function heading() {
  document.documentElement.lang = language;
  document.title = label(ABOUT.about);
  byId("skip").textContent = say("skip");
  byId("title").textContent = label(ABOUT.about);
  byId("origin").textContent = say("origin", { sources: figure(ABOUT.sources.length), version: ABOUT.about.version, period: period() }) + (ABOUT.about.quoted ? say("origin-quoted") : "") + (excerpt() ? " · " + excerpt() : "");
  byId("search").placeholder = say("search");
  byId("search").setAttribute("aria-label", say("search"));
  byId("found").setAttribute("aria-label", say("search"));
  byId("network").setAttribute("aria-label", say("network-label"));
  byId("filters").setAttribute("aria-label", say("filters"));
  byId("views").setAttribute("aria-label", say("views"));
  byId("zoom").setAttribute("aria-label", say("zoom"));
  byId("panel").setAttribute("aria-label", say("panel"));
  byId("views").replaceChildren(...VIEWNAMES.map(name => button(say("view-" + name), () => switchView(name), { "aria-pressed": String(state.view === name), "data-view": name })));
  byId("tools").replaceChildren(
    button(say("filters"), toggleFilters, { id: "show-filters", "aria-controls": "filters" }), button(say("list"), () => choose("list"), { id: "show-list" }), button(say("save"), showSave, { id: "show-save" }),
    button(say("theme"), toggleTheme, { id: "theme" }), button(say("help"), showHelp, { id: "show-help" }), button(say("language"), switchLanguage, { id: "language", lang: language === "zh" ? "en" : "zh" }),
  );
  byId("zoom").replaceChildren(button("+", () => zoomBy(1.4), { "aria-label": say("zoom-in") }), button("−", () => zoomBy(1 / 1.4), { "aria-label": say("zoom-out") }), button("⤢", fitted, { "aria-label": say("zoom-fit"), id: "fit" }));
}

function countsText() {
  const drawn = seen.drawn.flatMap(item => (item.kind === "bundle" ? item.items : [item])), kinds = [], count = (key, items) => { if (items.length) kinds.push(`${say(key)} ${figure(items.length)}`); return items; };
  const inferred = drawn.filter(item => item.certainty === "inferred");
  if (state.view === "ties") {
    count("kind-said", drawn.filter(item => item.kind === "said" && item.certainty === "explicit"));
    count("kind-inferred", drawn.filter(item => item.kind === "said" && item.certainty === "inferred"));
    for (const kind of ["rule", "same"]) if (count("kind-" + kind, drawn.filter(item => item.kind === kind)).length) { const some = inferred.filter(item => item.kind === kind).length; if (some) kinds[kinds.length - 1] += say("resting-on-inferred", { count: figure(some) }); }
  } else if (inferred.length) kinds.push(say("of-them-inferred", { count: figure(inferred.length) }));
  const planned = drawn.filter(item => item.status).length;
  if (planned) kinds.push(say("not-yet", { count: figure(planned) }));
  const bundled = drawn.length - seen.drawn.filter(item => item.kind !== "bundle").length;
  if (bundled) kinds.unshift(say("in-bundles", { count: figure(bundled) }));
  const shown = say("counts-" + state.view, { bodies: figure(seen.bodies.size), all: figure(VIEWS[state.view].nodes.length), edges: figure(drawn.length) }) + (kinds.length ? say("in-brackets", { text: listed(kinds) }) : "");
  const hidden = REASONS.filter(reason => seen.hidden[reason]).map(reason => `${say("hidden-" + reason)} ${figure(seen.hidden[reason])}`);
  return shown + (hidden.length ? say("sentence-end") + say("hidden") + say("colon") + listed(hidden) : "");
}
function counts() {
  const chosen = filtersText(), text = countsText() + (chosen ? say("sentence-end") + chosen : "");
  if (byId("counts").textContent !== text) byId("counts").textContent = text;
  Object.assign(byId("counts").dataset, { bodies: seen.bodies.size, edges: seen.edges.length, ...Object.fromEntries(TIES.map(kind => [kind, seen.edges.filter(item => item.kind === kind).length])) });
}

// The filters that differ from the usual ones, in words: they stand under a saved picture.
function filtersText(saved = false) {
  const usual = fresh(), parts = [], names = (set, name) => listed([...set].sort().map(name));
  if (state.focus) parts.push(say("filter-focus", { name: nameOf(bodyOf.get(state.focus)), depth: state.depth }));
  if (state.view === "money" && saved) parts.push(moneyName(chosenMoney()));
  if (joined(state.statuses) !== joined(usual.statuses)) parts.push(`${say("status")} ${names(state.statuses, status => known(status, "status-none"))}`);
  if (state.certainties.size < 2) parts.push(names(state.certainties, code => known(code)));
  if (state.view === "programs" && (saved || joined([...state.relations].sort()) !== joined([...usual.relations].sort()))) parts.push(`${say("relation")} ${names(state.relations, name => label(ABOUT.relations[name]))}`);
  if (state.view === "ties" && joined([...state.kinds].sort()) !== joined([...usual.kinds].sort())) parts.push(say("kinds-shown", { names: names(state.kinds, kind => say("tie-" + kind)) }));
  if (state.roles.size && state.view === "programs") parts.push(say("without", { names: names(state.roles, roleOf) }));
  if (state.hidden.size) parts.push(say("without", { names: names(state.hidden, id => nameOf(bodyOf.get(id))) }));
  if (state.alone && state.view === "ties") parts.push(say("alone"));
  if (state.types.size) parts.push(say("without", { names: names(state.types, name => label(ABOUT.classes[name])) }));
  if (state.sources.size) parts.push(say("without", { names: names(state.sources, id => (sourceOf.get(id) || { title: id }).title) }));
  if (state.place) parts.push(`${say("place")} ${nameOf(bodyOf.get(state.place))}`);
  if (state.from || state.until) parts.push(`${state.from || "…"}–${state.until || "…"}`);
  if (state.strength > 1) parts.push(`${say("strength")} ≥ ${state.strength}`);
  return parts.length ? say("filters") + say("colon") + parts.join(language === "zh" ? "；" : "; ") : "";
}
const moneyName = kind => (kind === "none" ? say("no-amount") : kind.split(" ").flatMap(part => part.split("+")).map((part, place) => (place ? known(part, "unspecified") : part)).join(" · "));

const unfoldedParts = new Set(["kind", "relation", "money"]);
function part(key, ...content) {
  const open = unfoldedParts.has(key);
  return make("details", { open, class: "facet", id: "facet-" + key, ontoggle: event => (event.target.open ? unfoldedParts.add(key) : unfoldedParts.delete(key)) }, make("summary", {}, say(key)), ...content);
}
function check(text, on, change, { sign, name, count } = {}) {
  return make("label", { class: "check" }, make("input", { type: "checkbox", checked: on, name, onchange: event => { change(event.target.checked); changed(); } }), sign, make("span", {}, text), count === undefined ? "" : make("span", { class: "dim" }, " " + figure(count)));
}
const flip = (set, value) => on => (on ? set.add(value) : set.delete(value));
const flipOff = (set, value) => on => (on ? set.delete(value) : set.add(value));
const bulk = (set, all, off) => make("p", { class: "bulk" }, button(say("all"), () => { set.clear(); if (!off) all.forEach(value => set.add(value)); changed(); }, { class: "link" }), " ", button(say("none"), () => { set.clear(); if (off) all.forEach(value => set.add(value)); changed(); }, { class: "link" }));

const tally = (items, keyOf) => { const found = new Map(); for (const item of items) { const key = keyOf(item); found.set(key, (found.get(key) || 0) + 1); } return found; };
function filters() {
  const view = state.view, parts = [], types = tally(placesIn(view).keys(), body => BODIES.type[body]);
  const byLabel = thing => (a, b) => (label(thing[a]) < label(thing[b]) ? -1 : 1);
  if (view === "ties") parts.push(part("kind", ...TIES.map(kind => check(say("tie-" + kind), state.kinds.has(kind), flip(state.kinds, kind), { sign: sample({ kind, status: "" }), name: "kind-" + kind, count: kind === "same" ? VIEWS.ties.same : edgesOf(kind).length })), make("p", { class: "dim" }, say("kinds-note"))));
  if (view === "programs") {
    const relations = tally(edgesOf("programs"), item => item.relation), names = [...relations.keys()].sort(byLabel(ABOUT.relations));
    parts.push(part("relation", bulk(state.relations, names, false), ...names.map(name => check(label(ABOUT.relations[name]), state.relations.has(name), flip(state.relations, name), { sign: stroke([], ABOUT.relations[name].colour, 3), name: "relation-" + name, count: relations.get(name) }))));
    const roles = tally(edgesOf("programs").filter(item => item.relation === PARTICIPATION), item => item.predicate), every = [...roles.keys()].sort((a, b) => roles.get(b) - roles.get(a));
    parts.push(part("role", bulk(state.roles, every, true), ...every.map(name => check(roleOf(name), !state.roles.has(name), flipOff(state.roles, name), { name: "role-" + name, count: roles.get(name) }))));
  }
  if (view === "money") parts.push(part("money", make("p", {}, make("select", { id: "money", "aria-label": say("money"), onchange: event => { state.money = event.target.value; state.unfolded.clear(); changed(true); } }, ...moneyKinds().map(([kind, count]) => make("option", { value: kind, selected: kind === chosenMoney() }, `${moneyName(kind)} (${figure(count)})`)))), make("p", { class: "dim" }, say("money-note"))));
  const typeNames = [...types.keys()].sort((a, b) => types.get(b) - types.get(a) || (a < b ? -1 : 1));
  parts.push(part("type", bulk(state.types, typeNames, true), ...typeNames.map(name => check(label(ABOUT.classes[name]), !state.types.has(name), flipOff(state.types, name), { sign: symbol(name), name: "type-" + name, count: types.get(name) }))));
  parts.push(part("certainty", ...CERTAINTIES.map(code => check(known(code), state.certainties.has(code), flip(state.certainties, code), { name: "certainty-" + code }))));
  parts.push(part("status", ...STATUSES.map(status => check(known(status, "status-none"), state.statuses.has(status), flip(state.statuses, status), { name: "status-" + status }))));
  const year = name => make("input", { type: "number", min: "1900", max: "2100", step: "1", id: name, name, value: state[name], "aria-label": say(name), placeholder: say(name), oninput: event => { const typed = event.target.value; if (typed && !/^\d{4}$/.test(typed)) return; state[name] = typed; changed(false, true); } });
  parts.push(part("year", make("p", { class: "pair" }, year("from"), " – ", year("until")), make("p", { class: "dim" }, say("year-note"))));
  parts.push(part("place", placeChoice()));
  parts.push(part("source", bulk(state.sources, ABOUT.sources.map(source => source.id), true), ...ABOUT.sources.map(source => check(shorter(source.title, 40), !state.sources.has(source.id), flipOff(state.sources, source.id), { name: "source-" + source.id }))));
  parts.push(part("strength", make("p", {}, make("input", { type: "number", min: "1", max: "99", id: "strength", value: String(state.strength), "aria-label": say("strength"), oninput: event => { state.strength = Math.max(1, parseInt(event.target.value, 10) || 1); changed(false, true); } })), make("p", { class: "dim" }, say("strength-note"))));
  if (view === "ties") parts.push(check(say("alone"), state.alone, on => { state.alone = on; }, { name: "alone" }));
  const away = [...state.hidden].map(id => make("li", {}, nameOf(bodyOf.get(id)), " ", button(say("show-again"), () => { state.hidden.delete(id); changed(); }, { class: "link" })));
  if (away.length) parts.push(make("section", {}, make("h3", {}, say("hidden-hand")), make("ul", {}, ...away)));
  if (state.unfolded.size) parts.push(make("p", {}, button(say("fold"), () => { state.unfolded.clear(); changed(); }, { id: "fold" })));
  parts.push(make("p", { class: "bulk" }, button(say("reset"), reset, { id: "reset" }), " ", button(say("copy-address"), copyAddress)));
  byId("filters").replaceChildren(make("h2", {}, say("filters")), ...parts);
}
let placesUsed;
function placeChoice() {
  placesUsed ??= [...tally([...CLAIMS.place.filter(Boolean), ...BODIES.places.flatMap(places => (places ? places.split("|") : []))], id => id)].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 300);
  const every = placesUsed.filter(([id]) => bodyOf.has(id)).map(([id]) => [id, nameOf(bodyOf.get(id))]);
  return make("p", {}, make("select", { id: "place", "aria-label": say("place"), onchange: event => { state.place = event.target.value; changed(); } }, make("option", { value: "" }, say("any-place")), ...every.map(([id, name]) => make("option", { value: id, selected: state.place === id }, shorter(name, 40)))));
}

// The legend names what is drawn now: kinds of line, signs on lines, and the types in the picture.
function legendLines() {
  const rows = [], line = (text, colour, width, dashes = [], ring = false) => rows.push({ text, item: { colour, width, dashes }, ring });
  if (state.view === "ties") for (const [kind, colour, width, dashes] of [["said", ink.said, 3], ["rule", ink.rule, 3, [9, 6]], ["same", ink.same, 1.4]]) if (seen.edges.some(item => item.kind === kind)) line(say("legend-" + kind), colour, width, dashes);
  if (state.view === "programs") for (const name of new Set(seen.edges.map(item => item.relation))) line(label(ABOUT.relations[name]), ABOUT.relations[name].colour, 3);
  if (state.view === "money") line(say("legend-money"), ink.money, 4);
  if (seen.edges.some(item => item.part)) line(say("legend-part"), ink.money, 1.5);
  for (const status of ["planned", "applied", "denied"]) if (seen.edges.some(item => item.status === status)) line(known(status), ink.dim, 2, DASHES[status]);
  if (seen.edges.some(item => item.certainty === "inferred")) line(say("legend-inferred"), ink.dim, 1.6, [], true);
  return rows;
}
const legendTypes = () => [...tally([...seen.standing], body => BODIES.type[body])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([type, count]) => ({ type, text: `${label(ABOUT.classes[type])} ${figure(count)}` }));
function legend() {
  const row = (sign, text) => make("li", {}, sign, text), circle = paint => drawing(20, 20, "M10 3a7 7 0 1 0 .01 0z", { fill: "none", stroke: paint, "stroke-dasharray": "3 2" });
  const rows = legendLines().map(({ text, item, ring }) => row(ring ? drawing(34, 10, "M1 5H13M21 5H33M13 5a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", { stroke: item.colour, "stroke-width": 1.6, fill: "none" }) : stroke(item.dashes, item.colour, item.width), text));
  if (seen.drawn.some(item => item.kind === "bundle")) rows.push(row(stroke([], "var(--dim)", 3), say("legend-bundle")));
  if (seen.groups.size) rows.push(row(circle("var(--dim)"), say("legend-group")));
  if ([...seen.standing].some(body => BODIES.collective[body])) rows.push(row(circle("var(--ink)"), say("collective")));
  byId("legend").replaceChildren(make("summary", {}, say("legend")), make("ul", {}, ...rows), make("ul", { class: "types" }, ...legendTypes().map(({ type, text }) => row(symbol(type), text))));
}

// Search: full width, spaces, case and tone marks do not matter; usual abbreviations are written out; pinyin and Traditional are known.
const plain = text => text.toLowerCase().normalize("NFKC").normalize("NFD").replace(/[\u0300-\u036f\s]/g, "");
const expanded = text => ABOUT.expansions.reduce((done, [short, long]) => (done.includes(long) ? done : done.replaceAll(short, long)), text);
function search(typed) {
  const wanted = [...new Set([plain(typed), expanded(plain(typed))])].filter(Boolean), found = [];
  if (!wanted.length) return [];
  forms().forEach((text, body) => {
    if (!wanted.some(form => text.includes(form))) return;
    const names = text.split("\n"), nearness = wanted.some(form => names.includes(form)) ? 0 : wanted.some(form => names.some(name => name.startsWith(form))) ? 1 : 2;
    found.push([nearness, -(seen.degree.get(body) || 0), -(claimsAt(body).length), body]);
  });
  search.all = found.length;
  return found.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || one[3] - other[3]).slice(0, 12).map(([, , , body]) => body);
}
let option = -1;
function suggest() {
  const typed = byId("search").value.trim(), found = search(typed);
  option = -1;
  const items = found.map((body, place) => make("li", { role: "option", id: "option-" + place, "data-body": BODIES.id[body], "aria-selected": "false", onmousedown: event => event.preventDefault(), onclick: () => arrive(BODIES.id[body]) }, symbol(BODIES.type[body]), make("span", {}, nameOf(body)), make("span", { class: "dim" }, ` ${label(classOf(body))}${seen.bodies.has(body) ? "" : say("not-in-view")}`)));
  if (search.all > items.length && items.length) items.push(make("li", { class: "dim", role: "option", "aria-disabled": "true", "aria-selected": "false" }, say("more-matches", { count: figure(search.all - items.length) })));
  byId("found").replaceChildren(...(typed && !items.length ? [make("li", { class: "dim", role: "option", "aria-disabled": "true", "aria-selected": "false" }, say("no-name"))] : items));
  byId("found").hidden = !typed;
  byId("search").setAttribute("aria-expanded", String(Boolean(typed)));
  byId("search").removeAttribute("aria-activedescendant");
}
function closeFound() {
  byId("found").hidden = true;
  byId("search").setAttribute("aria-expanded", "false");
  byId("search").removeAttribute("aria-activedescendant");
}
function searchKey(event) {
  const items = [...byId("found").querySelectorAll("[data-body]")];
  if (event.key === "Escape") { byId("search").value = ""; return suggest(); }
  if (event.key === "Enter" && items.length) return arrive(items[Math.max(0, option)].dataset.body);
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || !items.length) return;
  event.preventDefault();
  option = (option + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === option)));
  byId("search").setAttribute("aria-activedescendant", "option-" + option);
  items[option].scrollIntoView({ block: "nearest" });
}

function dialog(title, ...content) {
  byId("dialog").replaceChildren(make("h2", {}, title), ...content, make("p", { class: "bulk" }, button(say("close"), () => byId("dialog").close(), { id: "close" })));
  byId("dialog").setAttribute("aria-label", title);
  byId("dialog").showModal();
}
function showHelp() {
  const keys = ABOUT.words["help-keys"][language === "zh" ? 0 : 1].split("\n").map(text => text.split(" = "));
  dialog(say("help"), ...ABOUT.words["help-text"][language === "zh" ? 0 : 1].split("\n").map(text => make("p", {}, text)), make("table", {}, make("tbody", {}, ...keys.map(([key, does]) => make("tr", {}, make("th", { scope: "row" }, make("kbd", {}, key)), make("td", {}, does))))));
}
function showSave() {
  const run = (key, does, id) => make("p", {}, button(say(key), async () => { try { await does(); } catch { notice(say("save-failed")); } byId("dialog").close(); }, { id }), make("span", { class: "dim" }, " " + say(key + "-note")));
  dialog(say("save"), make("p", {}, countsText()),
    run("save-picture", savePicture, "save-picture"), run("save-html", () => download(fileName("evidence.html"), evidenceHtml(), "text/html"), "save-html"),
    run("save-csv", () => download(fileName("evidence.csv"), evidenceCsv(), "text/csv"), "save-csv"), run("copy-address", copyAddress, "copy-address"));
}
async function copyAddress() {
  try { await navigator.clipboard.writeText(location.href); notice(say("copied")); } catch { notice(say("address-is", { address: location.hash })); }
}
