"use strict";
// The page is whole without this: it remembers language and search in the address, and filters the terms.
const byId = id => document.getElementById("page-" + id);
const choices = { zh: byId("zh"), en: byId("en") }, box = byId("search"), found = byId("found");
const titles = document.title.split(" · ");
const language = () => (choices.en.checked ? "en" : "zh");
const plain = text => text.normalize("NFKC").toLowerCase();

const terms = [...document.querySelectorAll(".term")].map(node => ({ node, text: plain([...node.querySelectorAll(".find")].map(part => part.textContent).join("\n")) }));

function remember() {
  const given = new URLSearchParams(location.search);
  given.set("lang", language());
  if (box.value.trim()) given.set("q", box.value.trim());
  else given.delete("q");
  history.replaceState(null, "", "?" + given + location.hash);
}

function speak() {
  const spoken = language();
  document.documentElement.lang = spoken === "zh" ? "zh" : "en";
  document.title = spoken === "zh" ? `${titles[0]} ${titles[1].split(" ").at(-1)}` : titles[1];
  box.placeholder = box.dataset[spoken];
  count();
}

function count() {
  const shown = terms.filter(term => !term.node.hidden).length;
  found.textContent = box.value.trim() ? found.dataset[language()].replace("{count}", shown).replace("{all}", terms.length) : "";
}

function filter() {
  const words = plain(box.value).split(/\s+/).filter(Boolean);
  for (const term of terms) term.node.hidden = !words.every(word => term.text.includes(word));
  for (const part of document.querySelectorAll(".terms .group, section.terms")) part.hidden = words.length > 0 && !part.querySelector(".term:not([hidden])");
  byId("none").hidden = words.length === 0 || terms.some(term => !term.node.hidden);
  document.documentElement.dataset.filtered = words.length ? "yes" : "";
  count();
}

function clear() { box.value = ""; filter(); remember(); }

// A link to what a search hides shows it again.
function arrive() {
  let name = location.hash.slice(1);
  try { name = decodeURIComponent(name); } catch { return; }  // an address may have been cut
  const target = document.getElementById(name);
  if (target && !target.checkVisibility()) { clear(); target.scrollIntoView(); }
}

const given = new URLSearchParams(location.search), asked = given.get("lang") || ((navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en");
(choices[asked] || choices.zh).checked = true;
byId("search-box").hidden = false;
box.value = given.get("q") || "";
filter();
speak();
for (const choice of Object.values(choices)) choice.addEventListener("change", () => { speak(); remember(); });
box.addEventListener("input", () => { filter(); remember(); });
box.addEventListener("keydown", event => { if (event.key === "Escape") clear(); if (event.key === "Enter") { const first = terms.find(term => !term.node.hidden); if (first && box.value.trim()) first.node.scrollIntoView(); } });
document.addEventListener("keydown", event => { if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && event.target !== box) { event.preventDefault(); box.focus(); } });
addEventListener("hashchange", arrive);
if (location.hash) arrive();
document.documentElement.dataset.ready = "yes";
