// From the choices of the reader to what is seen: which claims count, which edges hold, which bodies stand, and why the rest does not.
const FOLDED_FROM = 300, KEPT = 40, BUNDLES = 600;
const REASONS = ["kind", "status", "certainty", "source", "year", "undated", "place", "relation", "role", "money", "strength", "type", "hand", "focus", "folded"];

function claimReason(claim) {
  if (!state.statuses.has(CLAIMS.status[claim] || "none")) return "status";
  if (!state.certainties.has(CLAIMS.certainty[claim])) return "certainty";
  if (state.sources.has(SOURCE[claim])) return "source";
  if (state.from || state.until) {
    if (!startOf(claim)) return "undated";
    if ((state.until && startOf(claim) > state.until + "-12-31") || (state.from && endOf(claim) < state.from + "-01-01")) return "year";
  }
  if (state.place && CLAIMS.place[claim] !== state.place && ![FROM[claim], TO[claim], bodyOf.get(CLAIMS.place[claim]) ?? -1].some(body => placesOf(body).includes(state.place))) return "place";
  return "";
}
const viewReason = item => {
  if (state.view === "programs" && !state.relations.has(item.relation)) return "relation";
  if (state.view === "programs" && state.roles.has(item.predicate)) return "role";
  return state.view === "money" && item.money !== chosenMoney() ? "money" : "";
};

// An edge as far as it holds: the units of which each list has a claim that counts, and those claims.
function holding(item, reasons) {
  let why = "";
  const units = [];
  for (const unit of item.units) {
    const lists = [];
    for (const list of unit) {
      const good = list.filter(claim => !reasons[claim]);
      if (!good.length) { why ||= reasons[list[0]]; break; }
      lists.push(good);
    }
    if (lists.length === unit.length) units.push(Object.assign(lists, { derivation: unit.derivation, program: unit.program }));
  }
  if (!units.length) return why;
  const claims = [...new Set(units.flat(2))];
  const strength = item.kind === "rule" ? new Set(claims.map(claim => TO[claim])).size : units.length;
  const certainty = item.kind === "same" && claims.some(claim => CLAIMS.certainty[claim] === "inferred") ? "inferred" : item.certainty;
  return { ...item, units, claims, strength, certainty };
}

function select() {
  const view = state.view, reasons = CLAIMS.reference.map((_, claim) => claimReason(claim));
  const hidden = Object.fromEntries(REASONS.map(reason => [reason, 0])), edges = [];
  const wanted = view === "ties" ? TIES.filter(kind => state.kinds.has(kind)).flatMap(edgesOf) : edgesOf(view);
  if (view === "ties") for (const kind of TIES) if (!state.kinds.has(kind)) hidden.kind += kind === "same" ? VIEWS.ties.same : edgesOf(kind).length;
  for (const item of wanted) {
    const held = viewReason(item) || holding(item, reasons);
    if (typeof held === "string") hidden[held]++;
    else if (held.strength < state.strength) hidden.strength++;
    else if ([item.from, item.to].some(body => state.types.has(BODIES.type[body]))) hidden.type++;
    else if ([item.from, item.to].some(body => state.hidden.has(BODIES.id[body]))) hidden.hand++;
    else edges.push(held);
  }
  const near = state.focus ? neighbourhood(edges, bodyOf.get(state.focus), state.depth) : null;
  const kept = near ? edges.filter(item => near.has(item.from) && near.has(item.to)) : edges;
  hidden.focus = edges.length - kept.length;
  kept.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  const degree = degrees(kept.filter(item => !item.status)), bodies = new Set(kept.flatMap(item => [item.from, item.to])), middle = bodyOf.get(state.focus);
  if (near && (view !== "ties" || isBody(middle)) && !state.hidden.has(state.focus) && !state.types.has(BODIES.type[middle])) bodies.add(middle);
  if (state.alone && !near && view === "ties") for (const body of placesIn(view).keys()) if (!state.types.has(BODIES.type[body]) && !state.hidden.has(BODIES.id[body])) bodies.add(body);
  return { reasons, hidden, edges: kept, bodies, degree, near, ...folded(kept, bodies, degree, hidden) };
}

function degrees(edges) {
  const found = new Map();
  for (const item of edges) for (const [end, other] of [[item.from, item.to], [item.to, item.from]]) {
    if (!found.has(end)) found.set(end, new Set());
    found.get(end).add(other);
  }
  return new Map([...found].map(([body, others]) => [body, others.size]));
}

// The steps from a body to those around it.
function neighbourhood(edges, start, depth) {
  const beside = new Map(), found = new Map([[start, 0]]);
  for (const { from, to } of edges) for (const [end, other] of [[from, to], [to, from]]) beside.has(end) ? beside.get(end).push(other) : beside.set(end, [other]);
  const queue = [start];
  for (const body of queue) if (found.get(body) < depth) for (const other of beside.get(body) || []) if (!found.has(other)) { found.set(other, found.get(body) + 1); queue.push(other); }
  return found;
}

// Beyond some three hundred bodies the communities stand as one mark each, beside the best-connected bodies; each unfolds where it stands.
function folded(edges, bodies, degree, hidden) {
  if (bodies.size <= FOLDED_FROM || state.unfolded.has("all")) return { groups: new Map(), drawn: edges, standing: bodies };
  const groupOf = groupsIn(state.view), ranked = [...bodies].sort((a, b) => (degree.get(b) || 0) - (degree.get(a) || 0) || a - b);
  const kept = new Set(ranked.slice(0, KEPT)), groups = new Map(), own = new Map();
  for (const id of [...state.marks, state.focus, ...state.pinned.keys(), state.select]) if (bodyOf.has(id)) kept.add(bodyOf.get(id));
  for (const body of ranked) {
    const group = groupOf.has(body) ? "g" + groupOf.get(body) : "rest";
    if (kept.has(body) || state.unfolded.has(group)) continue;
    groups.has(group) ? groups.get(group).push(body) : groups.set(group, [body]);
  }
  for (const [group, members] of groups) members.length < 2 ? groups.delete(group) : members.forEach(body => own.set(body, group));
  const drawn = [], bundles = new Map();
  for (const item of edges) {
    const [from, to] = [own.get(item.from) ?? item.from, own.get(item.to) ?? item.to];
    if (typeof from === "number" && typeof to === "number") { drawn.push(item); continue; }
    if (from === to || [[from, item.to], [to, item.from]].some(([end, other]) => typeof end === "string" && end === "g" + groupOf.get(other))) continue;
    const key = [from, to].map(String).sort().join("~");
    if (!bundles.has(key)) bundles.set(key, { key: "bundle~" + key, from, to, kind: "bundle", items: [], certainty: "explicit", status: "" });
    bundles.get(key).items.push(item);
  }
  const strong = [...bundles.values()].sort((one, other) => other.items.length - one.items.length || (one.key < other.key ? -1 : 1)).slice(0, BUNDLES);
  for (const bundle of strong) {
    bundle.certainty = bundle.items.every(item => item.certainty === "inferred") ? "inferred" : "explicit";
    bundle.status = bundle.items.every(item => item.status) ? bundle.items[0].status : "";
  }
  hidden.folded = edges.length - drawn.length - strong.reduce((sum, bundle) => sum + bundle.items.length, 0);
  return { groups, drawn: [...drawn, ...strong], standing: new Set([...bodies].filter(body => !own.has(body))) };
}
const groupName = (group, members) => (group === "rest" ? say("rest-name", { count: figure(members.length) }) : say("group-name", { name: shorter(nameOf(leader(group)), 24), count: figure(members.length) }));
// A group is named after the member in sight that is tied with most others.
function leader(group) {
  seen.leaders ??= new Map();
  if (!seen.leaders.has(group)) {
    const members = layoutOf(state.view).groups[+group.slice(1)].members.filter(body => seen.bodies.has(body));
    seen.leaders.set(group, members.reduce((best, body) => ((seen.degree.get(body) || 0) > (seen.degree.get(best) || 0) ? body : best), members[0]));
  }
  return seen.leaders.get(group);
}
