// What makes the pages quicker to use. Every page works without it, except charts and pickers.
(() => {
  "use strict";
  const here = document.getElementById("sd-app");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const loading = {};

  /** Load a script of ours once. */
  const script = (url) => {
    loading[url] ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = url;
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    });
    return loading[url];
  };

  // The key "/" goes to the search field, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const field = document.getElementById("q");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });

  // A second click on the same button sends nothing a second time; a form whose answer is a file may be sent again later.
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - (sent.get(form) ?? 0) < 3000) event.preventDefault();
    else sent.set(form, Date.now());
  });
  window.addEventListener("pageshow", () => all("form").forEach((form) => sent.delete(form)));

  // Menus and pop-ups: one open at a time, closed by a click beside them or by Escape, kept inside the window.
  const POPUPS = "details.sd-menu, details.sd-prov";
  const closePopups = (except) => all(`:is(${POPUPS})[open]`).forEach((item) => {
    if (item !== except && !item.contains(except)) item.open = false;
  });
  /** A long panel ends above the lower edge of the window, so that its button is seen. */
  const keepInside = (sheet) => {
    sheet.style.maxHeight = "";
    if (getComputedStyle(sheet).position !== "absolute") return;
    const room = document.documentElement.clientHeight - sheet.getBoundingClientRect().top - 16;
    sheet.style.maxHeight = `${Math.max(room, 240)}px`;
  };
  document.addEventListener("click", (event) => closePopups(event.target.closest(POPUPS)));
  document.addEventListener("toggle", (event) => {
    const item = event.target;
    if (!item.matches?.(POPUPS) || !item.open) return;
    closePopups(item);
    item.classList.remove("is-left");
    const sheet = item.querySelector(".sd-menu-panel.is-sheet");
    if (sheet) keepInside(sheet);
    const panel = item.querySelector(".sd-pop");
    if (panel && panel.getBoundingClientRect().right > document.documentElement.clientWidth) item.classList.add("is-left");
  }, true);

  // The menu on narrow screens; without this file the link and :target do the same.
  const side = document.getElementById("nav");
  const opener = document.querySelector("[data-nav-open]");
  const setSide = (open) => {
    if (!side || !opener) return;
    side.classList.toggle("is-open", open);
    opener.setAttribute("aria-expanded", String(open));
    (open ? side.querySelector("a, button") : opener).focus();
  };
  opener?.setAttribute("aria-expanded", "false");
  opener?.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); setSide(true); });
  document.addEventListener("click", (event) => {
    if (!side?.classList.contains("is-open")) return;
    if (event.target.closest("[data-nav-close]")) { event.preventDefault(); setSide(false); }
    else if (!side.contains(event.target)) setSide(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(`:is(${POPUPS})[open]`);
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    else if (side?.classList.contains("is-open")) setSide(false);
  });

  // Selecting rows: the bar appears with the first one and counts.
  const boxes = (bar) => all(`input[type=checkbox][form="${bar.dataset.selection}"]:not([data-select-all], [name=everything])`);
  const count = (bar) => {
    const rows = boxes(bar);
    const chosen = rows.filter((box) => box.checked);
    const head = document.querySelector(`[data-select-all][form="${bar.dataset.selection}"]`);
    bar.hidden = chosen.length === 0;
    const text = bar.querySelector("[data-selection-text]");
    text.textContent = text.dataset.selectionText.replace("{n}", chosen.length.toLocaleString("en"));
    rows.forEach((box) => box.closest("tr")?.classList.toggle("table-active", box.checked));
    if (head) { head.checked = chosen.length > 0 && chosen.length === rows.length; head.indeterminate = chosen.length > 0 && !head.checked; }
  };
  document.addEventListener("change", (event) => {
    const bar = document.querySelector(`[data-selection="${event.target.getAttribute?.("form")}"]`);
    if (!bar) return;
    if (event.target.matches("[data-select-all]")) boxes(bar).forEach((box) => { box.checked = event.target.checked; });
    count(bar);
  });
  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-selection-clear]");
    if (!clear) return;
    event.preventDefault();
    const bar = clear.closest("[data-selection]");
    boxes(bar).forEach((box) => { box.checked = false; });
    count(bar);
  });

  /** A long list of choices: narrowed by words, chosen by the group or all that is shown, counted. */
  const many = (box) => {
    const shown = (root) => all("[data-many-option]:not([hidden]) input", root);
    const every = all("[data-many-option] input", box);
    const text = box.querySelector("[data-many-text]");
    const scope = (head) => head.closest("[data-many-group]") ?? box;
    const tell = () => {
      const chosen = every.filter((one) => one.checked).length;
      text.textContent = text.dataset.manyText.replace("{n}", chosen).replace("{all}", every.length);
      all("[data-many-all]", box).forEach((head) => {
        const some = shown(scope(head)), ticked = some.filter((one) => one.checked).length;
        head.checked = ticked > 0 && ticked === some.length;
        head.indeterminate = ticked > 0 && !head.checked;
      });
    };
    box.addEventListener("change", (event) => {
      if (event.target.matches("[data-many-all]")) shown(scope(event.target)).forEach((one) => { one.checked = event.target.checked; });
      tell();
    });
    const field = box.querySelector("[data-many-filter]");
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    field.addEventListener("input", () => {
      const words = field.value.trim().toLowerCase();
      all("[data-many-group]", box).forEach((group) => {
        const whole = group.querySelector("b")?.textContent.toLowerCase().includes(words);
        all("[data-many-option]", group).forEach((one) => { one.hidden = !whole && !one.textContent.toLowerCase().includes(words); });
        group.hidden = !group.querySelector("[data-many-option]:not([hidden])");
      });
      tell();
    });
    all("[data-many-head], [data-many-all]", box).forEach((one) => { one.hidden = false; });
    tell();
  };

  /** Pickers: a long list becomes searchable; with data-picker-url the server is asked. */
  const picker = async (select) => {
    await script(here.dataset.tomselect);
    const url = select.dataset.pickerUrl;
    const none = here.dataset.none;
    new window.TomSelect(select, {
      maxOptions: 200,
      render: { no_results: () => { const div = document.createElement("div"); div.className = "no-results"; div.textContent = none; return div; } },
      ...(url && {
        valueField: "value",
        labelField: "label",
        searchField: [],
        load: (query, done) => fetch(`${url}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
          .then((answer) => answer.json()).then((answer) => done(answer.results)).catch(() => done()),
      }),
    });
  };

  /** Charts: drawn when ECharts has come; their colours follow the theme. */
  const chart = async (element) => {
    element.classList.add("is-waiting");
    await script(here.dataset.echarts);
    await script(here.dataset.charts);
    window.sdChart(element);
  };

  /** Tabs that do not fit scroll; the current one is brought into view. */
  const showTab = (tab) => {
    const box = tab.closest(".sd-tabs-card") ?? tab.closest(".nav-tabs");
    const place = tab.getBoundingClientRect(), frame = box.getBoundingClientRect();
    box.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2;
  };

  const start = (root) => {
    all(".nav-tabs [aria-current]", root).forEach(showTab);
    all("[data-selection]", root).forEach(count);
    all("[data-fill-login], [data-print]", root).forEach((button) => { button.hidden = false; });
    all("[data-many]:not([data-ready])", root).forEach((box) => { box.dataset.ready = ""; many(box); });
    root.querySelector("[data-focus]")?.focus();
    if (!here) return;
    for (const [selector, act] of [["select[data-picker]", picker], ["[data-chart]", chart]]) {
      all(`${selector}:not([data-ready])`, root).forEach((element) => { element.dataset.ready = ""; act(element); });
    }
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-login]");
    if (!button) return;
    const form = document.querySelector("form[action*=login]");
    form.elements.login.value = button.dataset.fillLogin;
    form.elements.password.value = button.dataset.fillPassword;
    form.querySelector("[type=submit]").focus();
  });

  // A list of choices that acts at once where its form says so.
  document.addEventListener("change", (event) => {
    if (event.target.matches("select") && event.target.form?.hasAttribute("data-autosubmit")) event.target.form.requestSubmit();
  });

  /** Say above the page what went wrong. */
  const say = (text) => {
    const notice = document.getElementById("said") ?? document.createElement("div");
    notice.id = "said";
    notice.className = "sd-notice is-red";
    notice.setAttribute("role", "alert");
    notice.textContent = text;
    document.getElementById("main").prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  };

  // A field for a file tells which one was chosen.
  document.addEventListener("change", (event) => {
    const said = event.target.matches("input[type=file]") && event.target.closest(".sd-drop")?.querySelector("[data-file-name]");
    if (!said) return;
    said.dataset.none ??= said.textContent;
    said.textContent = event.target.files[0]?.name ?? said.dataset.none;
  });

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.target.closest?.(".sd-drop")?.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
    });
  }

  // A request that the server refuses: the page says so instead of doing nothing.
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, boosted } = event.detail;
    if (boosted && xhr.status === 414) say(here.dataset.tooLong);
  });

  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
})();
