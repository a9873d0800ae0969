// The API page: Swagger UI from this site, in the reader's language and colours.
(() => {
  "use strict";
  const place = document.getElementById("api");
  const words = JSON.parse(document.getElementById("api-words").textContent);
  const root = document.documentElement;
  const colour = () => root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
  colour();
  new MutationObserver(colour).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });

  const translate = (node) => {
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (text.parentElement && text.parentElement.closest("pre, code, textarea, .renderedMarkdown")) continue;
      const said = text.data.trim();
      if (Object.hasOwn(words, said) && words[said] !== said) text.data = text.data.replace(said, words[said]);
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translate(change.target.parentNode || place);
      else change.addedNodes.forEach((node) => translate(node.nodeType === Node.TEXT_NODE ? node.parentNode : node));
    }
  }).observe(place, { childList: true, subtree: true, characterData: true });

  const csrf = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1];
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (csrf() && new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = csrf();
      return request;
    },
  });
})();
