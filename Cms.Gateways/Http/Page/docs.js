"use strict";

// Everything is put in as text, so that nothing in the document can become markup.
function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) { made.textContent = text; }
  if (kind !== undefined) { made.className = kind; }
  return made;
}

function rowsOf(heads, rows) {
  const table = element("table");
  const head = table.appendChild(element("tr"));
  heads.forEach(text => head.appendChild(element("th", text)));
  rows.forEach(cells => {
    const row = table.appendChild(element("tr"));
    cells.forEach(cell => row.appendChild(cell instanceof Node ? cell : element("td", cell)));
  });
  return table;
}

function boundsOf(schema) {
  const words = [schema.type, ...(schema.enum ?? [])];
  if (schema.minimum !== undefined) { words.push("from " + schema.minimum); }
  if (schema.maximum !== undefined) { words.push("to " + schema.maximum); }
  if (schema.default !== undefined) { words.push("else " + schema.default); }
  return words.join(" ");
}

function shapesOf(content, schemas) {
  const cell = element("td");
  Object.entries(content ?? {}).forEach(([type, media]) => {
    cell.appendChild(element("code", type));
    const name = JSON.stringify(media.schema ?? {}).match(/#\/components\/schemas\/(\w+)/);
    const shape = name ? schemas[name[1]] : media.schema;
    if (shape && Object.keys(shape).length > 0) {
      const details = cell.appendChild(element("details"));
      details.appendChild(element("summary", name ? name[1] : "shape"));
      details.appendChild(element("pre", JSON.stringify(shape, null, 2)));
    }
  });
  return cell;
}

function show(path, method, operation, schemas) {
  const block = element("details");
  const head = block.appendChild(element("summary", undefined, operation.deprecated ? "deprecated" : undefined));
  head.appendChild(element("span", method.toUpperCase(), "method"));
  head.appendChild(element("code", path));
  head.appendChild(element("span", " " + operation.summary));
  if (operation.parameters) {
    block.appendChild(rowsOf(["parameter", "in", "is", "does"],
      operation.parameters.map(each => [each.name, each.in, boundsOf(each.schema), each.description])));
  }
  if (operation.requestBody) {
    block.appendChild(rowsOf(["body"], [[shapesOf(operation.requestBody.content, schemas)]]));
  }
  block.appendChild(rowsOf(["status", "says", "body"],
    Object.entries(operation.responses).map(([status, answer]) => [status, answer.description, shapesOf(answer.content, schemas)])));
  block.dataset.words = (method + " " + path + " " + operation.summary).toLowerCase();
  return block;
}

async function start() {
  const place = document.getElementById("operations");
  const answer = await fetch("openapi.json");
  if (!answer.ok) {
    place.replaceChildren(element("p", "The document cannot be read: status " + answer.status + "."));
    return;
  }
  const api = await answer.json();
  document.getElementById("title").textContent = api.info.title + " " + api.info.version;
  document.getElementById("about").textContent = api.info.description;
  place.replaceChildren();
  const families = new Map();
  Object.entries(api.paths).forEach(([path, item]) => Object.entries(item).forEach(([method, operation]) => {
    const family = operation.tags[0];
    if (!families.has(family)) {
      const section = place.appendChild(element("section"));
      section.appendChild(element("h2", family));
      families.set(family, section);
    }
    families.get(family).appendChild(show(api.servers[0].url + path, method, operation, api.components.schemas));
  }));
  document.getElementById("find").addEventListener("input", event => {
    const wanted = event.target.value.toLowerCase();
    place.querySelectorAll("section > details").forEach(block => { block.hidden = !block.dataset.words.includes(wanted); });
  });
}

start();
