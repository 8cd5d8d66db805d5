// What the reader has chosen. Everything that changes what is seen stands in the address, so that a view can be sent.
const VIEWNAMES = ["ties", "programs", "money"], TIES = ["said", "rule", "same"], STATUSES = ["done", "ongoing", "none", "planned", "applied", "denied"], CERTAINTIES = ["explicit", "inferred"];
const fresh = () => ({
  view: "ties", kinds: new Set(["said", "rule"]), statuses: new Set(["done", "ongoing", "none", "planned"]), certainties: new Set(CERTAINTIES),
  relations: new Set(SHOWN), roles: new Set(), types: new Set(), sources: new Set(), place: "", from: "", until: "", strength: 1, money: "",
  focus: "", depth: 1, marks: [], hidden: new Set(), pinned: new Map(), unfolded: new Set(), alone: false, select: "",
});
let state = fresh();

// In the address, sets of what is left out (types, sources, roles, hidden) and of what is shown (kinds, statuses, relations, certainties).
const SETS = ["kinds", "statuses", "certainties", "relations", "roles", "types", "sources", "hidden", "unfolded"];
const TEXTS = ["view", "place", "from", "until", "strength", "money", "focus", "depth", "select"];
const joined = values => [...values].map(value => encodeURIComponent(value)).join(",");
const parted = text => (text ? text.split(",").map(decodeURIComponent) : []);

function address() {
  const usual = fresh(), parts = ["lang=" + language];
  for (const name of TEXTS) if (String(state[name]) !== String(usual[name])) parts.push(`${name}=${encodeURIComponent(state[name])}`);
  for (const name of SETS) if (joined([...state[name]].sort()) !== joined([...usual[name]].sort())) parts.push(`${name}=${joined([...state[name]].sort())}`);
  if (state.marks.length) parts.push("marks=" + joined(state.marks));
  if (state.pinned.size) parts.push("pinned=" + [...state.pinned].map(([id, [x, y]]) => `${encodeURIComponent(id)}:${x}:${y}`).join(","));
  if (state.alone) parts.push("alone=yes");
  return "#" + parts.join("&");
}

// An address may have been shortened, mistyped or made for another graph: what it names and is not there is left aside.
function restore(text) {
  const next = fresh(), given = new Map(text.replace(/^#/, "").split("&").map(part => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
  const value = name => { try { return decodeURIComponent(given.get(name)); } catch { return ""; } };
  const values = name => { try { return parted(given.get(name)); } catch { return []; } };
  for (const name of TEXTS) if (given.has(name)) next[name] = value(name);
  for (const name of SETS) if (given.has(name)) next[name] = new Set(values(name));
  const domains = { kinds: TIES, statuses: STATUSES, certainties: CERTAINTIES, relations: Object.keys(ABOUT.relations), types: Object.keys(ABOUT.classes), roles: Object.keys(ABOUT.predicates), sources: ABOUT.sources.map(source => source.id) };
  for (const [name, known] of Object.entries(domains)) next[name] = new Set([...next[name]].filter(value => known.includes(value)));
  next.unfolded = new Set([...next.unfolded].filter(value => /^(g\d+|rest|all)$/.test(value)));
  next.view = VIEWNAMES.includes(next.view) ? next.view : "ties";
  next.strength = Math.max(1, parseInt(next.strength, 10) || 1);
  next.depth = Math.min(4, Math.max(1, parseInt(next.depth, 10) || 1));
  next.focus = bodyOf.has(next.focus) ? next.focus : "";
  next.place = bodyOf.has(next.place) ? next.place : "";
  for (const name of ["from", "until"]) next[name] = /^\d{4}$/.test(next[name]) ? next[name] : "";
  if (next.from && next.until && next.from > next.until) [next.from, next.until] = [next.until, next.from];
  next.marks = values("marks").filter(id => bodyOf.has(id)).slice(0, 2);
  next.hidden = new Set([...next.hidden].filter(id => bodyOf.has(id)));
  next.alone = given.get("alone") === "yes";
  const pins = (given.get("pinned") || "").split(",").map(pin => pin.split(":")).filter(([id, x, y]) => bodyOf.has(id) && [x, y].every(part => /^-?\d{1,7}$/.test(part)));
  next.pinned = new Map(pins.map(([id, x, y]) => [id, [Math.round(x), Math.round(y)]]));
  if (["zh", "en"].includes(given.get("lang"))) language = given.get("lang");
  state = next;
}
const chosenMoney = () => (moneyKinds().some(([kind]) => kind === state.money) ? state.money : moneyKinds().length ? moneyKinds()[0][0] : "none");
