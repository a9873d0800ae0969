() => {
  // What is wrong with the page as assistive technology meets it, one line each.
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const where = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const named = (element) =>
    element.getAttribute("aria-label") ||
    element.getAttribute("title") ||
    (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("") ||
    [...(element.labels || [])].map((label) => label.textContent).join("").trim();
  const spoken = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (["svg", "IMG"].includes(node.tagName)) return node.getAttribute("aria-label") || node.getAttribute("alt") || "";
    return [...node.childNodes].map(spoken).join("");
  };

  for (const field of all("input:not([type=hidden], [type=submit], [type=button]), select, textarea, progress, meter")) {
    // A picker stands in for the list that it hides, under the same label.
    if (shown(field) && !field.matches(".ts-hidden-accessible") && !named(field)) faults.push(`no label: ${where(field)}`);
  }
  for (const control of all("button, a[href], summary")) {
    if (shown(control) && !named(control) && !spoken(control).trim()) faults.push(`no name: ${where(control)}`);
  }
  for (const image of all("img:not([alt])")) faults.push(`no alternative text: ${where(image)}`);

  const headings = all("h1, h2, h3, h4, h5, h6").filter((one) => shown(one) && !one.closest(".sd-side, .sd-menu-panel"));
  const firsts = headings.filter((one) => one.tagName === "H1" && one.textContent.trim());
  if (firsts.length !== 1) faults.push(`${firsts.length} headings of the first level`);
  let level = 0;
  for (const heading of headings) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`level left out: ${where(heading)}`);
    level = next;
  }

  if (!document.title.split(" · ")[0].trim()) faults.push("no title");
  if (!document.querySelector("main#main")) faults.push("no main part");
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`id twice: ${id}`);
  for (const relation of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const element of all(`[${relation}]`)) {
      for (const id of element.getAttribute(relation).split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(`${relation} names nothing: ${id}`);
      }
    }
  }
  return faults;
}
